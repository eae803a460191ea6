import {
  azimuthStepDeg,
  cellPointing,
  columnsInRow,
  gridShape,
  isLattice,
  rowElevationDeg,
  type GridBounds,
  type GridShape,
} from '#shared/sky/grid-shape';
import type { Pointing } from '#shared/sky/pointing';
import { steppedDeg } from '#shared/sky/steps';

/**
 * A grid of cells; row 0 is `elStartDeg`, column 0 is `azStartDeg`; cell = row * columns + column.
 */
export interface Grid extends GridShape {
  bounds: GridBounds;
  columnsInRow(row: number): number;
  /** Azimuth step of a row. */
  azimuthStepDeg(row: number): number;
  rowElevationDeg(row: number): number;
  /** The user's azimuth, degrees: may exceed 360 in a sector through north. */
  pointing(cell: number): Pointing;
  /** The largest azimuth of any row, as the user counts it. */
  lastAzimuthDeg: number;
}

export function createGrid(bounds: GridBounds): Grid {
  const shape = gridShape(bounds);
  const perRow = <T>(of: (bounds: GridBounds, row: number) => T) =>
    Array.from({ length: shape.rows }, (_, row) => of(bounds, row));
  // Computed once: a million cosines take noticeable time.
  const counts = Uint32Array.from(perRow(columnsInRow));
  const steps = Float64Array.from(perRow(azimuthStepDeg));
  const elevations = Float64Array.from(perRow(rowElevationDeg));
  const azimuthDeg = (row: number, column: number) =>
    steppedDeg(bounds.azStartDeg, column, steps[row] as number);
  return {
    ...shape,
    bounds,
    columnsInRow: (row) => counts[row] as number,
    azimuthStepDeg: (row) => steps[row] as number,
    rowElevationDeg: (row) => elevations[row] as number,
    pointing(cell) {
      const row = Math.floor(cell / shape.columns);
      if (!isLattice(bounds.kind)) return cellPointing(bounds, row, cell % shape.columns);
      return {
        azimuthDeg: azimuthDeg(row, cell % shape.columns),
        elevationDeg: elevations[row] as number,
      };
    },
    lastAzimuthDeg: counts.reduce(
      (last, count, row) => Math.max(last, azimuthDeg(row, count - 1)),
      bounds.azStartDeg,
    ),
  };
}
