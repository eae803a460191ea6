import type { Pointing } from '#shared/sky/pointing';

/**
 * Where a rotator can be: last seen at `from` and sent to `to`. Both are the same place for a
 * rotator that rests. `connection`: the connection to rotctld on which it was seen; undefined when
 * another process saw it.
 */
export interface Whereabouts {
  from: Pointing;
  to: Pointing;
  connection: number | undefined;
  /** It may have moved on for so long since, unseen; a power cut loses the last moves. */
  unseenSeconds?: number;
}

/**
 * Whether a rotator can be at `pointing` without a motion that was not commanded; `marginDeg` for
 * each axis.
 */
export function canBeAt({ from, to }: Whereabouts, pointing: Pointing, marginDeg: Pointing): boolean {
  return (['azimuthDeg', 'elevationDeg'] as const).every((axis) => {
    const lowest = Math.min(from[axis], to[axis]) - marginDeg[axis];
    const highest = Math.max(from[axis], to[axis]) + marginDeg[axis];
    return pointing[axis] >= lowest && pointing[axis] <= highest;
  });
}

/**
 * How far a readback is further from the target than the one before, on the worse axis; 0: nearer
 * on both. Degrees.
 */
export function retreatDeg(before: Pointing, now: Pointing, target: Pointing): number {
  const retreat = (axis: keyof Pointing) =>
    Math.abs(target[axis] - now[axis]) - Math.abs(target[axis] - before[axis]);
  return Math.max(0, retreat('azimuthDeg'), retreat('elevationDeg'));
}

// Wind and backlash move a resting rotor by less, whatever its tolerance.
const DISTURBED_DEG = 1;
// Of the standard deviation of its noise.
const NOISE_FACTOR = 4;

/** How far a readback may be from where the rotator is, degrees. */
export function readbackMarginDeg(toleranceDeg: number, noiseDeg: number): number {
  return Math.max(DISTURBED_DEG, toleranceDeg, NOISE_FACTOR * noiseDeg);
}

/**
 * Whether a readback has changed further than `speedFactor` times the speed of the motor allows.
 */
export function isJump(
  distanceDeg: number,
  seconds: number,
  speedDegPerS: number,
  speedFactor: number,
): boolean {
  return distanceDeg > DISTURBED_DEG + speedFactor * speedDegPerS * seconds;
}
