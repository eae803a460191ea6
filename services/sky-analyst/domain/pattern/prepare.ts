import { SkyScanError } from '#shared/base/errors';
import { countedOf } from '#shared/base/plurals';
import { createNeighbours } from '../finder/neighbours.ts';
import { tangentPlaneAt, vectorAt, type Vector } from '../finder/sphere.ts';
import { antennaVectors } from './antenna-frame.ts';
import type { NeighbourLevels } from './channel-background.ts';
import { between, greatCircle } from './great-circle.ts';
import { fitLocally, type PatternPoints } from './local-fit.ts';
import type { PatternScan, PatternSettings } from './pattern.ts';
import { radiusWith } from './smoothing.ts';

const MIN_POINTS = 60;
/** Points in a coarse fit, and in a mean that stands for the level of a point. */
const COARSE_POINTS = 30;
const NEAREST = 7;
const COARSE_STEPS = 8;
/** A beam is not wider than this. */
const MAX_WIDTH = (2 * Math.PI) / 3;

/**
 * The points with a level, in antenna coordinates; `level` is with background. Throws `wrong_state`
 * if they are too few, `invalid` for settings.
 */
export function patternPoints(
  scan: PatternScan,
  settings: PatternSettings,
  fewest = MIN_POINTS,
): {
  points: PatternPoints;
  level: Float64Array;
  clipped: number;
  neighbours: NeighbourLevels | undefined;
} {
  checkSettings(settings);
  const { azimuthDeg, elevationDeg, sourceAzimuthDeg, sourceElevationDeg } = scan;
  const columns = [azimuthDeg, elevationDeg, sourceAzimuthDeg, sourceElevationDeg];
  const count = scan.level.length;
  if ([...columns, scan.clipped].some(({ length }) => length !== count))
    throw new SkyScanError('invalid', 'the columns of the points have different numbers of values');
  // A joined level far down may be negative by the error of the offset.
  const noiseLevel = scan.joined?.noiseLevel ?? scan.level;
  const usable = Int32Array.from({ length: count }, (_, k) => k).filter(
    (k) =>
      (noiseLevel[k] as number) > 0 &&
      Number.isFinite(noiseLevel[k]) &&
      columns.every((column) => Number.isFinite(column[k])),
  );
  if (usable.length < fewest)
    throw new SkyScanError(
      'wrong_state',
      `${countedOf(usable.length, count, 'point')} have a level and a source whose direction is known and not below the horizon, a pattern needs ${fewest}`,
    );
  const pick = (column: Float64Array) => Float64Array.from(usable, (k) => column[k] as number);
  const vectors = antennaVectors({
    azimuthDeg: pick(azimuthDeg),
    elevationDeg: pick(elevationDeg),
    sourceAzimuthDeg: pick(sourceAzimuthDeg),
    sourceElevationDeg: pick(sourceElevationDeg),
  });
  const level = pick(scan.level);
  const background = settings.background ?? 0;
  const neighbours = createNeighbours(vectors, Math.PI / 90);
  const power = level.map((each) => each - background);
  const noisy = scan.joined ? pick(noiseLevel) : level;
  const points = {
    vectors,
    power,
    level: noisy,
    total: noisy,
    isHigh: scan.joined && Uint8Array.from(usable, (k) => scan.joined?.isHigh[k] as number),
    errors: scan.joined?.errors.map(pick),
    neighbours,
  };
  return {
    points: { ...points, total: localMeans(points) },
    level,
    neighbours: scan.neighbours && {
      below: pick(scan.neighbours.below),
      above: pick(scan.neighbours.above),
    },
    clipped: usable.filter((k) => scan.clipped[k] === 1).length,
  };
}

/** The mean level of the points nearest to each point, which has less noise than its own. */
export function localMeans(points: Pick<PatternPoints, 'vectors' | 'total' | 'neighbours'>): Float64Array {
  const { vectors, total, neighbours } = points;
  const radius = spacingNear(points, vectorAt(vectors, indexOfHighest(total))) * Math.sqrt(NEAREST / Math.PI);
  return total.map((_, k) => {
    const count = neighbours.near(vectorAt(vectors, k), radius);
    let sum = 0;
    for (let n = 0; n < count; n++) sum += total[neighbours.index[n] as number] as number;
    return sum / count;
  });
}

/** The side of the square that a point has for itself; radians. */
export function spacingNear(
  points: Pick<PatternPoints, 'vectors' | 'neighbours'>,
  direction: Vector,
): number {
  const radius = radiusWith(points, direction, COARSE_POINTS);
  return Math.sqrt((2 * Math.PI * (1 - Math.cos(radius))) / COARSE_POINTS);
}

/**
 * Where the strongest points are, how far they are apart and how wide the beam is about, the narrow
 * way; radians.
 */
export function coarseBeam(points: PatternPoints): { start: Vector; spacing: number; width: number } {
  const start = vectorAt(points.vectors, indexOfHighest(points.total));
  const coarse = { radius: radiusWith(points, start, COARSE_POINTS), most: Infinity };
  const spacing = spacingNear(points, start);
  const peak = fitLocally(points, start, coarse)?.value ?? NaN;
  const { right, up } = tangentPlaneAt(start);
  // A background is not known yet: the levels relative to the lowest.
  const lowest = points.power.reduce((least, power) => Math.min(least, power), Infinity);
  const half = lowest + (peak - lowest) / 2;
  const widths: number[] = [];
  for (let n = 0; n < COARSE_STEPS; n++) {
    const circle = greatCircle(start, between(right, up, (Math.PI * n) / COARSE_STEPS));
    const reach = (sign: number) => {
      for (let angle = spacing / 4; angle < MAX_WIDTH / 2; angle += spacing / 4) {
        const value = fitLocally(points, circle.at(sign * angle), coarse)?.value;
        if (value === undefined) return undefined;
        if (value < half) return angle;
      }
      return MAX_WIDTH / 2;
    };
    const [one, other] = [reach(1), reach(-1)];
    // One side may be outside of the scan.
    if (one !== undefined || other !== undefined) widths.push((one ?? other ?? 0) + (other ?? one ?? 0));
  }
  if (widths.length === 0)
    throw new SkyScanError(
      'wrong_state',
      'the scan does not show the beam: it is not surrounded by levels of less than half of its power; scan a larger area around the source',
    );
  return { start, spacing, width: Math.min(...widths) };
}

function indexOfHighest(values: Float64Array): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if ((values[k] as number) > (values[best] as number)) best = k;
  return best;
}

function checkSettings({
  background,
  sourceWidthDeg,
  diameterM,
  wavelengthM,
  distanceM,
}: PatternSettings): void {
  for (const [name, value] of Object.entries({ background, sourceWidthDeg }))
    if (value !== undefined && !(value >= 0 && Number.isFinite(value)))
      throw new SkyScanError('invalid', `${name} ${value} is negative`);
  for (const [name, value] of Object.entries({ diameterM, wavelengthM, distanceM }))
    if (value !== undefined && !(value > 0 && Number.isFinite(value)))
      throw new SkyScanError('invalid', `${name} ${value} m is not above 0`);
}
