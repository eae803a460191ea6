import type { RotorMotion } from '#shared/sky/kinematics';
import type { Pointing } from '#shared/sky/pointing';
import type { Reading } from './reading.ts';

/** The state of the plausibility check. */
export interface Plausibility {
  /** The last good reading. */
  last?: Reading | undefined;
  /**
   * The time of the last change of each axis, monotonic milliseconds: it may have moved since
   * without a change of the readback.
   */
  since?: { azimuthMs: number; elevationMs: number } | undefined;
  /** Consecutive implausible readbacks. */
  suspects: number;
}

export type PlausibilityVerdict = 'position' | 'ignore' | 'fault';

export const NOTHING_READ: Plausibility = { suspects: 0 };

// Configured speeds may be too low by this factor. Smaller jumps are found by other checks.
const SPEED_FACTOR = 4;
const FREE_JUMP_DEG = 10;
const MAX_SUSPECTS = 3;

// No rotator turns 360 degrees in a second.
const ANY_AXIS = { speedDegPerS: 360, accelerationDegPerS2: 3_600 };
/** The motion of a rotator of unknown speed. */
export const ANY_MOTION: RotorMotion = { azimuth: ANY_AXIS, elevation: ANY_AXIS };

/**
 * Checks a readback (undefined: not a number) against the distance that the rotator can have moved
 * since the last change: some controllers report their position only at rest. An impossible
 * readback is ignored; three in a row are a fault.
 */
export function checkPlausibility(
  before: Plausibility,
  reading: Reading | undefined,
  motion: RotorMotion,
): { state: Plausibility; verdict: PlausibilityVerdict } {
  if (reading && isPossible(before, reading, motion))
    return {
      state: { last: reading, since: sinceAfter(before, reading), suspects: 0 },
      verdict: 'position',
    };
  const suspects = before.suspects + 1;
  return {
    state: { ...before, suspects },
    verdict: suspects >= MAX_SUSPECTS ? 'fault' : 'ignore',
  };
}

function isPossible(before: Plausibility, reading: Reading, motion: RotorMotion): boolean {
  const { last } = before;
  if (!last) return true;
  const { azimuthMs = last.atMs, elevationMs = last.atMs } = before.since ?? {};
  const within = (a: number, b: number, sinceMs: number, speedDegPerS: number) =>
    Math.abs(a - b) <=
    FREE_JUMP_DEG + (SPEED_FACTOR * speedDegPerS * Math.max(0, reading.atMs - sinceMs)) / 1000;
  const { azimuthDeg, elevationDeg } = reading.pointing;
  return (
    within(azimuthDeg, last.pointing.azimuthDeg, azimuthMs, motion.azimuth.speedDegPerS) &&
    within(elevationDeg, last.pointing.elevationDeg, elevationMs, motion.elevation.speedDegPerS)
  );
}

function sinceAfter({ last, since }: Plausibility, { pointing, atMs }: Reading): Plausibility['since'] {
  const axis = (deg: keyof Pointing, sinceMs = last?.atMs) =>
    sinceMs !== undefined && last?.pointing[deg] === pointing[deg] ? sinceMs : atMs;
  return {
    azimuthMs: axis('azimuthDeg', since?.azimuthMs),
    elevationMs: axis('elevationDeg', since?.elevationMs),
  };
}
