import { medianOf } from '#shared/spectrum/median';
import { angleBetween, vectorAt, type Vector } from '../finder/sphere.ts';
import type { PatternPoints } from './local-fit.ts';

/** Linear power; sigma is that of the background itself. */
export interface SubtractedBackground {
  level: number;
  sigma: number;
  isFound: boolean;
}

export interface Background extends SubtractedBackground {
  /** Errors of the power that points have in common when this level is subtracted, of one sigma. */
  errors: readonly Float64Array[];
}

/** What a pattern reports of its background: the given one, or what was found. */
export function subtractedBackground(
  given: number | undefined,
  found: Background | undefined,
): SubtractedBackground | undefined {
  if (given !== undefined) return { level: given, sigma: 0, isFound: true };
  return found && { level: found.level, sigma: found.sigma, isFound: found.isFound };
}

/** Farther from the peak than this, a beam is over; in beam widths. */
const FAR = 2.5;
const MIN_FAR = 20;
/** The lower half of the levels of a background differs by at most 1 dB, or by its noise. */
const MAX_RATIO = 10 ** 0.1;
const MAX_SIGMAS = 5;
const SIGMA_OF_MEDIAN = 1.2533;

/**
 * The level far from the beam, if it is the same everywhere: the median. A pattern with side lobes
 * above it has none that can be seen, and nothing is subtracted.
 * @param level With background.
 * @param relativeNoise Of one point.
 */
export function findBackground(
  { vectors, level: noisy, errors = [] }: Pick<PatternPoints, 'vectors' | 'level' | 'errors'>,
  level: Float64Array,
  peak: Vector,
  beamWidth: number,
  relativeNoise: number,
): Background {
  const isFar = level.map((_, k) => (angleBetween(vectorAt(vectors, k), peak) > FAR * beamWidth ? 1 : 0));
  const medianFar = (column: Float64Array) => medianOf(column.filter((_, k) => isFar[k] === 1));
  const far = noisy.filter((_, k) => isFar[k] === 1);
  if (far.length < MIN_FAR) return { level: 0, sigma: 0, isFound: false, errors };
  far.sort();
  const median = medianOf(far.slice());
  const low = far[Math.floor(far.length / 10)] as number;
  const isFlat = median / low < MAX_RATIO || (median - low) / median < MAX_SIGMAS * relativeNoise;
  if (!isFlat) return { level: 0, sigma: 0, isFound: false, errors };
  // Half of the distance between the deciles of a normal distribution is 1.28 sigma.
  const scatter = (median - low) / 1.2816;
  const own = (SIGMA_OF_MEDIAN * scatter) / Math.sqrt(far.length);
  // What the points share with those far from the beam is subtracted with them.
  const shared = errors.map(medianFar);
  return {
    level: medianFar(level),
    sigma: Math.hypot(own, ...shared),
    isFound: true,
    errors: [
      new Float64Array(level.length).fill(own),
      ...errors.map((column, n) => column.map((error) => error - (shared[n] as number))),
    ],
  };
}
