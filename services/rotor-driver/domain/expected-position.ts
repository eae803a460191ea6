import type { Pointing } from '#shared/sky/pointing';

/**
 * Where a rotator can be: between the last readback `from` and the setpoint `to`; both are equal
 * for a rotator that rests. `connection`: the connection of that readback; undefined if an earlier
 * process read it.
 */
export interface ExpectedPosition {
  from: Pointing;
  to: Pointing;
  connection: number | undefined;
  /** It may have moved for this long without a record: a power cut loses the last moves. */
  unseenSeconds?: number;
}

/** Whether `pointing` agrees with the expected position; `marginDeg` for each axis. */
export function canBeAt({ from, to }: ExpectedPosition, pointing: Pointing, marginDeg: Pointing): boolean {
  return (['azimuthDeg', 'elevationDeg'] as const).every((axis) => {
    const lowest = Math.min(from[axis], to[axis]) - marginDeg[axis];
    const highest = Math.max(from[axis], to[axis]) + marginDeg[axis];
    return pointing[axis] >= lowest && pointing[axis] <= highest;
  });
}

/**
 * How much further from the target than the previous readback it is, on the worse axis, degrees; 0
 * if it is closer on both.
 */
export function retreatDeg(before: Pointing, now: Pointing, target: Pointing): number {
  const retreat = (axis: keyof Pointing) =>
    Math.abs(target[axis] - now[axis]) - Math.abs(target[axis] - before[axis]);
  return Math.max(0, retreat('azimuthDeg'), retreat('elevationDeg'));
}

// Wind and backlash move a resting rotor by less.
const DISTURBED_DEG = 1;
// Factor of the standard deviation.
const NOISE_FACTOR = 4;

/** The maximum error of a readback, degrees. */
export function readbackMarginDeg(toleranceDeg: number, noiseDeg: number): number {
  return Math.max(DISTURBED_DEG, toleranceDeg, NOISE_FACTOR * noiseDeg);
}

/** Whether a readback changed faster than `speedFactor` times the speed of the motor. */
export function isJump(
  distanceDeg: number,
  seconds: number,
  speedDegPerS: number,
  speedFactor: number,
): boolean {
  return distanceDeg > DISTURBED_DEG + speedFactor * speedDegPerS * seconds;
}
