import { azimuthOnCircleDeg, separationDeg, type Pointing } from '#shared/sky/pointing';
import { degToRad } from '#shared/sky/units';
import { cellsAlong } from '#sky-map/line-cells';
import type { SkyMap } from '#sky-map/sky-map';

/** What the model of a source has besides its background. */
export interface ModelledSource extends Pointing {
  /** Background and peak relative to the background, dB. */
  peakDb: number;
  /** HPBW of the beam, or of the source if it is wider. */
  widthDeg: number;
}

/** Levels along a line on the sky through a source. */
export interface SourceCut {
  along: 'azimuth' | 'elevation';
  /** The fixed coordinate, degrees. */
  atDeg: number;
  /** On the sky, from the source, ascending, degrees. */
  offsetsDeg: number[];
  /** Null: not measured at this offset. */
  levels: (number | null)[];
  model: number[];
}

export interface SourceCuts {
  /** In the unit of the levels. */
  backgroundDb: number;
  /** Root mean square of the levels without the model. */
  residualDb: number;
  cuts: SourceCut[];
}

/** The cuts end at this distance, in widths. */
const REACH = 3;
/** Parts of a curve of the model. */
const PARTS = 96;

/**
 * The cuts through a source along azimuth and elevation, through the cell of its position, with
 * the model that the source finder fits: a Gaussian beam, g = exp(-4 ln 2 (theta / width)^2), above
 * a constant background, the median of what the model leaves. Undefined if the source is outside of
 * the map, or nothing is measured beside it.
 */
export function sourceCuts(map: SkyMap, source: ModelledSource): SourceCuts | undefined {
  const cell = map.cellAt(source.azimuthDeg, source.elevationDeg);
  if (!cell) return undefined;
  const middle = map.pointing(cell.row, cell.column);
  const cosine = Math.max(1e-6, Math.cos(degToRad(middle.elevationDeg)));
  const lines = [
    {
      along: 'azimuth' as const,
      atDeg: middle.elevationDeg,
      points: cellsAlong(map, 'azimuth', cell),
      offsetOf: ({ azimuthDeg }: Pointing) => cosine * turnDeg(azimuthDeg - source.azimuthDeg),
      pointingAt: (offsetDeg: number): Pointing => ({
        azimuthDeg: source.azimuthDeg + offsetDeg / cosine,
        elevationDeg: middle.elevationDeg,
      }),
    },
    {
      along: 'elevation' as const,
      atDeg: azimuthOnCircleDeg(middle.azimuthDeg),
      points: cellsAlong(map, 'elevation', cell),
      offsetOf: ({ elevationDeg }: Pointing) => elevationDeg - source.elevationDeg,
      pointingAt: (offsetDeg: number): Pointing => ({
        azimuthDeg: middle.azimuthDeg,
        elevationDeg: source.elevationDeg + offsetDeg,
      }),
    },
  ];
  const measured = lines.map(({ points, offsetOf }) =>
    points
      .map((each) => {
        const pointing = map.pointing(each.row, each.column);
        return { pointing, offsetDeg: offsetOf(pointing), levelDb: map.levelAt(each.row, each.column) };
      })
      .filter(
        ({ offsetDeg, levelDb }) => Math.abs(offsetDeg) <= REACH * source.widthDeg && !Number.isNaN(levelDb),
      ),
  );
  const rests = measured.flat().map(({ pointing, levelDb }) => levelDb - aboveBackgroundDb(source, pointing));
  if (rests.length === 0) return undefined;
  const backgroundDb = median(rests);
  const cuts = lines.map(({ along, atDeg, pointingAt }, k): SourceCut => {
    const points = measured[k] ?? [];
    const ends = points.map(({ offsetDeg }) => offsetDeg);
    const [from, to] = [Math.min(0, ...ends), Math.max(0, ...ends)];
    const all = [
      ...points.map(({ offsetDeg, levelDb, pointing }) => ({ offsetDeg, level: levelDb, pointing })),
      ...Array.from({ length: PARTS + 1 }, (_, n) => {
        const offsetDeg = from + ((to - from) * n) / PARTS;
        return { offsetDeg, level: null, pointing: pointingAt(offsetDeg) };
      }),
    ].toSorted((a, b) => a.offsetDeg - b.offsetDeg);
    return {
      along,
      atDeg,
      offsetsDeg: all.map(({ offsetDeg }) => offsetDeg),
      levels: all.map(({ level }) => level),
      model: all.map(({ pointing }) => backgroundDb + aboveBackgroundDb(source, pointing)),
    };
  });
  const residualDb = Math.sqrt(
    rests.reduce((sum, rest) => sum + (rest - backgroundDb) ** 2, 0) / rests.length,
  );
  return { backgroundDb, residualDb, cuts };
}

/** Background and source relative to the background. */
function aboveBackgroundDb({ peakDb, widthDeg, ...centre }: ModelledSource, pointing: Pointing): number {
  const gain = Math.exp(-4 * Math.LN2 * (separationDeg(centre, pointing) / widthDeg) ** 2);
  return 10 * Math.log10(1 + (10 ** (peakDb / 10) - 1) * gain);
}

/** -180 to 180. */
function turnDeg(deg: number): number {
  return deg - 360 * Math.round(deg / 360);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}
