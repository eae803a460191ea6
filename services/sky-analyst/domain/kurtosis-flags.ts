import { kurtosisLimits, undoRounding } from './kurtosis-limits.ts';
import { STATE, upperMedian } from './plane.ts';

/** More channels do not improve the median by much. */
const MAX_MEDIAN_CHANNELS = 511;
/** A median is changed by a broadband source if it is this many standard deviations too high. */
const MIN_SIGNIFICANCE = 4;
/** Standard deviation of a median relative to that of a mean. */
const MEDIAN_SCATTER = 1.253;

/** The kurtosis of the channels of a point. */
export interface PointKurtosis {
  /** NaN where unknown. */
  values: Float32Array;
  transforms: number;
  /** The step to which they were rounded, in dB; 0 if they were not. */
  stepDb: number;
  /** Of the point. */
  index: number;
}

/**
 * Flags the clean channels of a point whose kurtosis is outside the limits of noise. While the
 * antenna sweeps past the Sun, the level of all channels changes within the point, which raises
 * their kurtosis: what most channels have in common is removed.
 */
export function flagKurtosis({ values, transforms, stepDb, index }: PointKurtosis, states: Uint8Array): void {
  const { low, high } = kurtosisLimits(transforms, stepDb);
  const factor = broadbandFactor(values, states, transforms);
  for (let k = 0; k < states.length; k++) {
    if (states[k] !== STATE.clean) continue;
    const rounded = undoRounding(values[k] as number, stepDb, index * states.length + k);
    const kurtosis = (rounded + 1) / factor - 1;
    if (kurtosis < low || kurtosis > high) states[k] = STATE.flagged;
  }
}

/**
 * What the kurtosis plus 1 of most channels is multiplied by: the mean of the squared level
 * divided by the square of its mean. 1 if the level is constant, or if it cannot be told from
 * that.
 */
function broadbandFactor(values: Float32Array, states: Uint8Array, transforms: number): number {
  const step = Math.ceil(values.length / MAX_MEDIAN_CHANNELS);
  const known = values.filter(
    (value, k) => k % step === 0 && states[k] === STATE.clean && !Number.isNaN(value),
  );
  const ofNoise = medianOfNoise(transforms);
  const scatter = (MEDIAN_SCATTER * 2) / Math.sqrt(transforms * known.length);
  const median = upperMedian(known);
  return median > ofNoise + MIN_SIGNIFICANCE * scatter ? (median + 1) / (ofNoise + 1) : 1;
}

/**
 * The distribution is skewed, by 10 / sqrt(M) for many transforms. Its median is lower than the
 * mean by a sixth of that, in standard deviations of 2 / sqrt(M): by 10 / (3 M). The other terms
 * make it the median of simulated values within 0.005, from 8 transforms on.
 */
function medianOfNoise(transforms: number): number {
  return 1 - 10 / (3 * (transforms + 2 * Math.sqrt(transforms) + 13));
}
