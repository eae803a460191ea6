import type { Pointing } from '#shared/sky/pointing';
import { robustDeviation } from './statistics.ts';

/** What the readbacks of a resting rotator say about the noise of its position sensors. */
export interface NoiseEstimate {
  /** The last two readbacks. */
  readonly last: readonly Pointing[];
  /** Absolute second differences, the larger of both axes, degrees. */
  readonly changes: readonly number[];
}

export const NO_NOISE: NoiseEstimate = { last: [], changes: [] };

const WINDOW = 16;
const MIN_CHANGES = 6;
// The standard deviation of a - 2b + c, of a normal distribution.
const SECOND_DIFFERENCE = Math.sqrt(6);

/**
 * Takes in the readback of a rotator that was not commanded to move. A steady drift leaves the
 * estimate alone.
 */
export function learnNoise({ last, changes }: NoiseEstimate, pointing: Pointing): NoiseEstimate {
  const [a, b] = last;
  if (!a || !b) return { last: [...last, pointing], changes };
  const change = (axis: keyof Pointing) => Math.abs(a[axis] - 2 * b[axis] + pointing[axis]);
  const larger = Math.max(change('azimuthDeg'), change('elevationDeg'));
  return { last: [b, pointing], changes: [...changes, larger].slice(-WINDOW) };
}

/** The rotator is about to move: readbacks before and after it have nothing in common. */
export function interruptNoise({ changes }: NoiseEstimate): NoiseEstimate {
  return { last: [], changes };
}

/**
 * Standard deviation of the noise, degrees; 0 while too little is known, and for a sensor that is
 * quiet most of the time.
 */
export function noiseDeg({ changes }: NoiseEstimate): number {
  if (changes.length < MIN_CHANGES) return 0;
  return robustDeviation(changes, 0) / SECOND_DIFFERENCE;
}
