import { radToDeg } from '#shared/sky/units';
import { chiSquareOf, offsetDeg, type Sighting } from '../identification/offsets.ts';
import { inverseOf } from '../statistics/symmetric.ts';
import { REACH, type FitInput, type FittedSource } from './fit-group.ts';
import type { Motion } from './motion.ts';
import { SourceModel } from './source-model.ts';
import { directionInPlane, pointingOf, tangentPlaneAt, vectorAt } from './sphere.ts';

export type { Sighting };

/**
 * Differences between the beam and its model look like motion by this standard deviation, in beam
 * widths in the time in which a source was measured: a third of what the finder takes for motion.
 */
const SHIFT_ERROR = 0.05;
/** Of two dimensions: with more, the shape of a source that does not move looks like motion. */
const MAX_SHAPE = 25;
const FREEDOM = { width: false, motion: true };
/** Amplitude, position, velocity and background. */
const PARAMETERS = 6;

/**
 * Where a source was at two times, from the fit of a constant velocity to all rows that cross it.
 * The times are before and after the middle of its points, so far that the errors of the two
 * directions are independent: together they have what the points tell of position and velocity.
 * Empty if the shape of the source hides its motion.
 * @param input Without other sources.
 * @param correlation Raises the errors (`PreparedMap`).
 */
export function trackOf(
  input: FitInput,
  start: FittedSource,
  { source, motion, isSignificant }: Motion,
  correlation: number,
): Sighting[] {
  const { covariance, middleMs } = errorsOf(input, start, source, motion) ?? {};
  if (!covariance || middleMs === undefined) return [];
  const at = (i: number, j: number) => covariance[i]?.[j] ?? NaN;
  const [position, both, velocity] = [at(1, 1) + at(2, 2), at(1, 3) + at(2, 4), at(3, 3) + at(4, 4)] as const;
  // The error is least at this age; before and after it, the errors are uncorrelated at +- half.
  const best = -both / velocity;
  const half = Math.sqrt(Math.max(0, position - both ** 2 / velocity) / velocity);
  if (!(half > 0 && Number.isFinite(half) && Number.isFinite(best))) return [];
  const shape = (SHIFT_ERROR * input.beamWidth * 2 * half) ** 2 / 2;
  const plane = tangentPlaneAt(source.direction);
  const sightings = [best - half, best + half].map((age): Sighting => {
    const element = (i: 0 | 1, j: 0 | 1) =>
      (correlation ** 2 *
        (at(1 + i, 1 + j) + age * (at(1 + i, 3 + j) + at(3 + i, 1 + j)) + age ** 2 * at(3 + i, 3 + j)) +
        (i === j ? shape : 0)) *
      radToDeg(1) ** 2;
    return {
      unixMs: middleMs + age * motion.durationMs,
      pointing: pointingOf(directionInPlane(plane, motion.x * age, motion.y * age)),
      covariance: { xx: element(0, 0), xy: element(0, 1), yy: element(1, 1) },
    };
  });
  return isSignificant || shiftOf(sightings) < MAX_SHAPE ? sightings : [];
}

/** Chi square of no motion. */
function shiftOf([first, second]: readonly Sighting[]): number {
  if (!first || !second) return 0;
  const [a, b] = [first.covariance, second.covariance];
  const offset = offsetDeg(first.pointing, second.pointing);
  return chiSquareOf(offset, { xx: a.xx + b.xx, xy: a.xy + b.xy, yy: a.yy + b.yy });
}

/** The covariance of the fit, the inverse of the Fisher matrix, and the middle of its times. */
function errorsOf(
  { vectors, neighbours, timeMs, sigma, beamWidth }: FitInput,
  start: FittedSource,
  source: FittedSource,
  motion: Motion['motion'],
): { covariance: number[][]; middleMs: number } | undefined {
  const count = neighbours.near(start.direction, Math.min(Math.PI, REACH * beamWidth));
  const points = neighbours.index.slice(0, count);
  const times = Float64Array.from(points, (point) => timeMs[point] as number);
  const middleMs =
    (times.reduce((a, b) => Math.min(a, b), Infinity) + times.reduce((a, b) => Math.max(a, b), -Infinity)) /
    2;
  const ages = times.map((time) => (time - middleMs) / motion.durationMs);
  const model = new SourceModel(
    { centre: source.direction, width: beamWidth, freedom: FREEDOM },
    Array.from(points, (point) => vectorAt(vectors, point)),
    ages,
  );
  const derivatives = new Float64Array(PARAMETERS * count).fill(1, (PARAMETERS - 1) * count);
  model.add([source.amplitude, 0, 0, motion.x, motion.y], 0, new Float64Array(count), derivatives);
  const information = Array.from({ length: PARAMETERS }, (_, i) =>
    Array.from({ length: PARAMETERS }, (__, j) =>
      points.reduce(
        (sum, point, k) =>
          sum +
          ((derivatives[i * count + k] as number) * (derivatives[j * count + k] as number)) /
            (sigma[point] as number) ** 2,
        0,
      ),
    ),
  );
  const covariance = inverseOf(information);
  return covariance && { covariance, middleMs };
}
