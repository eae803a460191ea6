import { medianOf } from '#shared/spectrum/median';
import { angleBetween, vectorAt, type Vector } from '../finder/sphere.ts';
import type { PatternPoints } from './local-fit.ts';

/** Linear power; sigma is that of the background itself. */
export interface SubtractedBackground {
  level: number;
  sigma: number;
  isFound: boolean;
  /** From neighbouring channels. */
  isOfChannels?: boolean;
}

export interface Background extends SubtractedBackground {
  /** Errors of the power that points have in common when this level is subtracted, of one sigma. */
  errors: readonly Float64Array[];
  /** Of each point. Undefined: `level` of all. */
  at?: Float64Array;
}

/** What a pattern reports of its background: the given one, or what was found. */
export function subtractedBackground(
  given: number | undefined,
  found: Background | undefined,
): SubtractedBackground | undefined {
  if (given !== undefined) return { level: given, sigma: 0, isFound: true };
  if (!found) return undefined;
  const { level, sigma, isFound, isOfChannels = false } = found;
  return { level, sigma, isFound, isOfChannels };
}

export function withoutBackground(level: Float64Array, { at, level: found }: Background): Float64Array {
  return level.map((power, k) => power - (at?.[k] ?? found));
}

/** Farther from the peak than this, a beam is over; in beam widths. */
const FAR = 2.5;
const MIN_FAR = 20;
/** The lower half of the levels of a background differs by at most 1 dB, or by its noise. */
const MAX_RATIO = 10 ** 0.1;
const MAX_SIGMAS = 5;
/** Of the lower decile of a normal distribution, in standard deviations from the median. */
const DECILE = 1.2816;
/** Of the lower decile, relative to that of the noise. */
const MAX_SPREAD = 2;
/** Of the upper decile to that of the lower one; of noise it is 1. */
const MAX_SKEW = 1.5;
const SIGMA_OF_MEDIAN = 1.2533;

/** 1: far from the beam. */
function farFrom(vectors: Float64Array, peak: Vector, beamWidth: number): Uint8Array {
  return Uint8Array.from({ length: vectors.length / 3 }, (_, k) =>
    angleBetween(vectorAt(vectors, k), peak) > FAR * beamWidth ? 1 : 0,
  );
}

/**
 * A ratio to the background far from the beam, if the source is not received there: its values
 * differ by their noise, upwards as much as downwards. Undefined: they do not, or are too few.
 * @param relativeNoise Of one point.
 */
export function ratioFarFrom(
  vectors: Float64Array,
  ratios: Float64Array,
  peak: Vector,
  beamWidth: number,
  relativeNoise: number,
): { ratio: number; sigma: number } | undefined {
  const isFar = farFrom(vectors, peak, beamWidth);
  const far = ratios.filter((_, k) => isFar[k] === 1).sort();
  if (far.length < MIN_FAR) return undefined;
  const at = (share: number) => far[Math.floor(share * (far.length - 1))] as number;
  const [below, above] = [at(0.5) - at(0.1), at(0.9) - at(0.5)];
  const isNoise = below < MAX_SPREAD * DECILE * relativeNoise * at(0.5);
  if (!isNoise || above > MAX_SKEW * below) return undefined;
  return { ratio: at(0.5), sigma: (SIGMA_OF_MEDIAN * (below / DECILE)) / Math.sqrt(far.length) };
}

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
  const isFar = farFrom(vectors, peak, beamWidth);
  const medianFar = (column: Float64Array) => medianOf(column.filter((_, k) => isFar[k] === 1));
  const far = noisy.filter((_, k) => isFar[k] === 1);
  if (far.length < MIN_FAR) return { level: 0, sigma: 0, isFound: false, errors };
  far.sort();
  const median = medianOf(far.slice());
  const low = far[Math.floor(far.length / 10)] as number;
  const isFlat = median / low < MAX_RATIO || (median - low) / median < MAX_SIGMAS * relativeNoise;
  if (!isFlat) return { level: 0, sigma: 0, isFound: false, errors };
  const scatter = (median - low) / DECILE;
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
