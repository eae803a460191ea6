import type { Pointing } from '#shared/sky/pointing';
import { robustDeviation } from './statistics.ts';

/** The noise of the position sensors, estimated from readbacks at rest. */
export interface NoiseEstimate {
  /** The last two readbacks. */
  readonly last: readonly Pointing[];
  /** Absolute second differences, the larger of both axes, degrees. */
  readonly changes: readonly number[];
}

export const NO_NOISE: NoiseEstimate = { last: [], changes: [] };

const WINDOW = 16;
const MIN_CHANGES = 6;
// The standard deviation of a - 2b + c for a normal distribution with standard deviation 1.
const SECOND_DIFFERENCE = Math.sqrt(6);

/** Adds the readback of a rotator without a move command. A steady drift has no influence. */
export function learnNoise({ last, changes }: NoiseEstimate, pointing: Pointing): NoiseEstimate {
  const [a, b] = last;
  if (!a || !b) return { last: [...last, pointing], changes };
  const change = (axis: keyof Pointing) => Math.abs(a[axis] - 2 * b[axis] + pointing[axis]);
  const larger = Math.max(change('azimuthDeg'), change('elevationDeg'));
  return { last: [b, pointing], changes: [...changes, larger].slice(-WINDOW) };
}

/** Starts a new series of readbacks: the rotator is about to move. */
export function interruptNoise({ changes }: NoiseEstimate): NoiseEstimate {
  return { last: [], changes };
}

/** Standard deviation of the noise, degrees; 0 for too few readbacks or a mostly quiet sensor. */
export function noiseDeg({ changes }: NoiseEstimate): number {
  if (changes.length < MIN_CHANGES) return 0;
  return robustDeviation(changes, 0) / SECOND_DIFFERENCE;
}
