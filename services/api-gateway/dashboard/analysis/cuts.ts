import type { SkyMap } from '../../map/sky-map.ts';

/** What a cut is made of: levels, and the standard deviation of the reads of every cell, dB, by cell. */
export interface CutSource {
  map: SkyMap;
  stdDb: Float32Array;
}

/** Levels along a line on the sky; null where nothing is measured. */
export interface Cut {
  /** What runs along it. */
  along: 'azimuth' | 'elevation';
  /** The other coordinate, degrees. */
  atDeg: number;
  /** Ascending, degrees; azimuths unwrapped as the grid counts them. */
  anglesDeg: number[];
  /** dBm or dBFS. */
  levels: (number | null)[];
  /** Level less and plus one standard deviation of the reads. */
  low: (number | null)[];
  high: (number | null)[];
  /** Row and column of every place. */
  cells: { row: number; column: number }[];
}

/** Level over azimuth, along a row. Throws a RangeError for a row that the grid does not have. */
export function rowCut(source: CutSource, row: number): Cut {
  const { map } = source;
  map.cell(row, 0);
  const columns = Array.from({ length: map.columnsInRow(row) }, (_, column) => ({ row, column }));
  const atDeg = map.pointing(row, 0).elevationDeg;
  return cutAlong(source, 'azimuth', atDeg, columns, ({ column }) => map.pointing(row, column).azimuthDeg);
}

/** Level over elevation, through a cell: of every row the cell that is at its azimuth, where there is one. */
export function columnCut(source: CutSource, row: number, column: number): Cut {
  const { map } = source;
  const { azimuthDeg } = map.pointing(row, column);
  const cells: { row: number; column: number }[] = [];
  for (let other = 0; other < map.rows; other++) {
    // In its own row a cell is found by its number: the azimuth of a short last step may be nearer to another.
    const found = other === row ? column : map.columnAt(other, azimuthDeg);
    if (found >= 0) cells.push({ row: other, column: found });
  }
  return cutAlong(
    source,
    'elevation',
    azimuthDeg,
    cells,
    (cell) => map.pointing(cell.row, cell.column).elevationDeg,
  );
}

function cutAlong(
  { map, stdDb }: CutSource,
  along: Cut['along'],
  atDeg: number,
  cells: Cut['cells'],
  angleOf: (cell: { row: number; column: number }) => number,
): Cut {
  const cut: Cut = { along, atDeg, anglesDeg: [], levels: [], low: [], high: [], cells };
  for (const cell of cells) {
    const index = map.cell(cell.row, cell.column);
    const level = map.levels[index] ?? NaN;
    const std = stdDb[index] ?? 0;
    const measured = !Number.isNaN(level);
    cut.anglesDeg.push(angleOf(cell));
    cut.levels.push(measured ? level : null);
    cut.low.push(measured ? level - std : null);
    cut.high.push(measured ? level + std : null);
  }
  return cut;
}
