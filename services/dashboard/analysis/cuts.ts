import { degToRad } from '#shared/sky/units';
import { cellsAlong } from '#sky-map/line-cells';
import type { SkyMap } from '#sky-map/sky-map';

/** The data of a cut: levels and the standard deviation of the reads (dB) per cell. */
export interface CutSource {
  map: SkyMap;
  stdDb: Float32Array;
}

/** Levels along a line on the sky; null at unmeasured cells. */
export interface Cut {
  /** The coordinate that varies. */
  along: 'azimuth' | 'elevation';
  /** The fixed coordinate, degrees. */
  atDeg: number;
  /** Ascending, degrees; azimuths are unwrapped. */
  anglesDeg: number[];
  /**
   * Positions on the x axis, ascending, degrees: the elevation, or the angle across the beam. The
   * latter is the azimuth difference to the selected cell times cos(elevation): at an elevation of
   * 60 degrees, a 6-degree beam spans 12 degrees of azimuth.
   */
  placesDeg: number[];
  /** Position of the selected cell, degrees; 0 across the beam. */
  crossingDeg: number;
  /** dBm or dBFS. */
  levels: (number | null)[];
  /** Level minus and plus one standard deviation of the reads. */
  low: (number | null)[];
  high: (number | null)[];
  /** The cell at each position. */
  cells: { row: number; column: number }[];
}

/** The cut along azimuth through a cell. Throws a RangeError for an unknown cell. */
export function rowCut(source: CutSource, row: number, column: number): Cut {
  const { map } = source;
  map.cell(row, column);
  const { azimuthDeg, elevationDeg } = map.pointing(row, column);
  const scale = Math.max(0, Math.cos(degToRad(elevationDeg)));
  const cut = cutAlong(
    source,
    'azimuth',
    elevationDeg,
    cellsAlong(map, 'azimuth', { row, column }),
    (cell) => map.pointing(cell.row, cell.column).azimuthDeg,
  );
  const placesDeg = cut.anglesDeg.map((deg) => Number(((deg - azimuthDeg) * scale).toFixed(6)));
  return { ...cut, placesDeg, crossingDeg: 0 };
}

/** The cut along elevation through a cell. */
export function columnCut(source: CutSource, row: number, column: number): Cut {
  const { map } = source;
  const { azimuthDeg, elevationDeg } = map.pointing(row, column);
  const cut = cutAlong(
    source,
    'elevation',
    azimuthDeg,
    cellsAlong(map, 'elevation', { row, column }),
    (cell) => map.pointing(cell.row, cell.column).elevationDeg,
  );
  return { ...cut, placesDeg: cut.anglesDeg, crossingDeg: elevationDeg };
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
