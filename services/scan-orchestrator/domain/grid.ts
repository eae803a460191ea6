import { gridShape, type GridBounds, type GridShape } from '#shared/grid-shape';

/** A grid of cells; row 0 is `elStartDeg`, column 0 is `azStartDeg`; cell = row * columns + column. */
export interface Grid extends GridShape {
  bounds: GridBounds;
  /** Azimuth as the user counts it, degrees: may pass 360 in a sector through north. */
  columnAzimuthDeg(column: number): number;
  rowElevationDeg(row: number): number;
}

export function createGrid(bounds: GridBounds): Grid {
  return {
    ...gridShape(bounds),
    bounds,
    columnAzimuthDeg: (column) => exact(bounds.azStartDeg, column, bounds.stepDeg),
    rowElevationDeg: (row) => exact(bounds.elStartDeg, row, bounds.stepDeg),
  };
}

// Multiplied, never accumulated; rounded to a nanodegree so that 3 * 0.1 is 0.3 for people, files and comparisons.
function exact(startDeg: number, count: number, stepDeg: number): number {
  return Math.round((startDeg + count * stepDeg) * 1e9) / 1e9;
}
