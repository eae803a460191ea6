import {
  cellPointing,
  columnsInRow,
  gridColumns,
  gridShape,
  rowElevationDeg,
  type GridBounds,
} from '#shared/sky/grid-shape';
import { separationDeg, type Pointing } from '#shared/sky/pointing';

/**
 * Cells of a grid within `radiusDeg` of a direction, the nearest first. Without a radius: the
 * nearest cell, unless the direction is farther than a step from the grid.
 */
export function cellsAround(
  bounds: GridBounds,
  direction: Pointing,
  radiusDeg: number | undefined,
): number[] {
  const maxDeg = radiusDeg ?? bounds.stepDeg;
  const columns = gridColumns(bounds);
  const found: { cell: number; awayDeg: number }[] = [];
  const { rows } = gridShape(bounds);
  for (let row = 0; row < rows; row++) {
    if (Math.abs(rowElevationDeg(bounds, row) - direction.elevationDeg) > maxDeg) continue;
    for (let column = 0; column < columnsInRow(bounds, row); column++) {
      const awayDeg = separationDeg(cellPointing(bounds, row, column), direction);
      if (awayDeg <= maxDeg) found.push({ cell: row * columns + column, awayDeg });
    }
  }
  const nearest = found.sort((a, b) => a.awayDeg - b.awayDeg).map(({ cell }) => cell);
  return radiusDeg === undefined ? nearest.slice(0, 1) : nearest;
}
