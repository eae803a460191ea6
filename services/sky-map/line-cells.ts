import type { Pointing } from '#shared/sky/pointing';
import { degToRad } from '#shared/sky/units';
import type { SkyMap } from './sky-map.ts';

interface Cell {
  row: number;
  column: number;
}

/**
 * The cells along a line of constant elevation or azimuth through a cell, ascending: the added ones
 * that the line crosses, and the cells of the grid, one per column or row, unless an added one
 * covers them there. A cell of the grid whose centre is within half a step of the added points from
 * the line always belongs to it.
 */
export function cellsAlong(map: SkyMap, along: 'azimuth' | 'elevation', through: Cell): Cell[] {
  const at = map.pointing(through.row, through.column);
  const cells = along === 'azimuth' ? rowCells(map, through, at) : columnCells(map, through, at);
  const { added } = map;
  if (!added) return cells;
  const found = [
    ...cells.filter((cell) => isSame(cell, through) || isShown(map, along, cell, at)),
    ...added.placed
      .filter((index) => {
        const { azimuthDeg, elevationDeg } = added.pointing(index);
        const crossing =
          along === 'azimuth'
            ? ([azimuthDeg, at.elevationDeg] as const)
            : ([at.azimuthDeg, elevationDeg] as const);
        return added.indexAt(...crossing) === index;
      })
      .map((index) => map.placeOf(map.gridCells + index)),
  ];
  const angleOf = ({ row, column }: Cell) =>
    along === 'azimuth' ? map.pointing(row, column).azimuthDeg : map.pointing(row, column).elevationDeg;
  return found
    .map((cell) => ({ cell, angle: angleOf(cell) }))
    .toSorted((a, b) => a.angle - b.angle)
    .map(({ cell }) => cell);
}

function rowCells({ grid }: SkyMap, through: Cell, { elevationDeg }: Pointing): Cell[] {
  const row = through.row < grid.rows ? through.row : grid.rowAt(elevationDeg);
  return Array.from({ length: grid.columnsInRow(row) }, (_, column) => ({ row, column }));
}

function columnCells({ grid }: SkyMap, through: Cell, { azimuthDeg }: Pointing): Cell[] {
  return Array.from({ length: grid.rows }, (_, row) => ({
    row,
    // In its own row the column is given: next to a short last step, the lookup may find a
    // neighbour.
    column: row === through.row ? through.column : grid.columnAt(row, azimuthDeg),
  })).filter(({ column }) => column >= 0);
}

/** Whether a cell of the grid is the one that the map shows on the line, or is near it. */
function isShown(
  { grid, added }: SkyMap,
  along: 'azimuth' | 'elevation',
  { row, column }: Cell,
  at: Pointing,
): boolean {
  if (!added) return true;
  const { azimuthDeg, elevationDeg } = grid.pointing(row, column);
  const turns = (azimuthDeg - at.azimuthDeg) / 360;
  const offLineDeg =
    along === 'azimuth'
      ? elevationDeg - at.elevationDeg
      : 360 * (turns - Math.round(turns)) * Math.cos(degToRad(elevationDeg));
  if (Math.abs(offLineDeg) <= added.lattice.bounds.stepDeg / 2) return true;
  return along === 'azimuth'
    ? added.indexAt(azimuthDeg, at.elevationDeg) < 0
    : added.indexAt(at.azimuthDeg, elevationDeg) < 0;
}

function isSame(a: Cell, b: Cell): boolean {
  return a.row === b.row && a.column === b.column;
}
