import { medianOf } from '#shared/spectrum/median';
import { angleBetween, vectorAt, type Vector } from '../finder/sphere.ts';

/** Linear power; sigma is that of the background itself. */
export interface Background {
  level: number;
  sigma: number;
  isFound: boolean;
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
 * @param relativeNoise Of one point.
 */
export function findBackground(
  vectors: Float64Array,
  level: Float64Array,
  peak: Vector,
  beamWidth: number,
  relativeNoise: number,
): Background {
  const far = level.filter((_, k) => angleBetween(vectorAt(vectors, k), peak) > FAR * beamWidth);
  if (far.length < MIN_FAR) return { level: 0, sigma: 0, isFound: false };
  far.sort();
  const median = medianOf(far.slice());
  const low = far[Math.floor(far.length / 10)] as number;
  const isFlat = median / low < MAX_RATIO || (median - low) / median < MAX_SIGMAS * relativeNoise;
  if (!isFlat) return { level: 0, sigma: 0, isFound: false };
  // Half of the distance between the deciles of a normal distribution is 1.28 sigma.
  const scatter = (median - low) / 1.2816;
  return { level: median, sigma: (SIGMA_OF_MEDIAN * scatter) / Math.sqrt(far.length), isFound: true };
}
