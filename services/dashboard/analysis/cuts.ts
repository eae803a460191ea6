import { degToRad } from '#shared/sky/units';
import type { SkyMap } from '#sky-map/sky-map';

/**
 * What a cut is made of: levels, and the standard deviation of the reads of every cell, dB, by
 * cell.
 */
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
  /**
   * Where each place is drawn, ascending, degrees: the elevation, or across the beam. Across the
   * beam is the difference in azimuth to the chosen cell times cos(elevation): at 60 degrees of
   * elevation a beam of 6 degrees spans 12 degrees of azimuth.
   */
  placesDeg: number[];
  /** The place of the chosen cell, degrees: 0 across the beam. */
  crossingDeg: number;
  /** dBm or dBFS. */
  levels: (number | null)[];
  /** Level less and plus one standard deviation of the reads. */
  low: (number | null)[];
  high: (number | null)[];
  /** Row and column of every place. */
  cells: { row: number; column: number }[];
}

/**
 * Level across the beam, along a row through a cell. Throws a RangeError for a cell that the grid
 * does not have.
 */
export function rowCut(source: CutSource, row: number, column: number): Cut {
  const { map } = source;
  map.cell(row, column);
  const columns = Array.from({ length: map.columnsInRow(row) }, (_, column) => ({ row, column }));
  const { azimuthDeg, elevationDeg } = map.pointing(row, column);
  const shrink = Math.max(0, Math.cos(degToRad(elevationDeg)));
  const cut = cutAlong(
    source,
    'azimuth',
    elevationDeg,
    columns,
    (cell) => map.pointing(row, cell.column).azimuthDeg,
  );
  const placesDeg = cut.anglesDeg.map((deg) => Number(((deg - azimuthDeg) * shrink).toFixed(6)));
  return { ...cut, placesDeg, crossingDeg: 0 };
}

/**
 * Level over elevation, through a cell: of every row the cell that is at its azimuth, where there
 * is one.
 */
export function columnCut(source: CutSource, row: number, column: number): Cut {
  const { map } = source;
  const { azimuthDeg } = map.pointing(row, column);
  const cells: { row: number; column: number }[] = [];
  for (let other = 0; other < map.rows; other++) {
    // In its own row a cell is found by its number: the azimuth of a short last step may be nearer
    // to another.
    const found = other === row ? column : map.columnAt(other, azimuthDeg);
    if (found >= 0) cells.push({ row: other, column: found });
  }
  const cut = cutAlong(
    source,
    'elevation',
    azimuthDeg,
    cells,
    (cell) => map.pointing(cell.row, cell.column).elevationDeg,
  );
  return { ...cut, placesDeg: cut.anglesDeg, crossingDeg: map.pointing(row, column).elevationDeg };
}

function cutAlong(
  { map, stdDb }: CutSource,
  along: Cut['along'],
  atDeg: number,
  cells: Cut['cells'],
  angleOf: (cell: { row: number; column: number }) => number,
): Omit<Cut, 'placesDeg' | 'crossingDeg'> {
  const cut: Omit<Cut, 'placesDeg' | 'crossingDeg'> = {
    along,
    atDeg,
    anglesDeg: [],
    levels: [],
    low: [],
    high: [],
    cells,
  };
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
