import type { RotorMotion } from '#shared/kinematics';
import type { Reading } from './reading.ts';

/** What is remembered to tell a position from nonsense. */
export interface Plausibility {
  last?: Reading | undefined;
  /** Nonsense in a row. */
  suspects: number;
}

export type Judgement = 'position' | 'ignore' | 'fault';

export const NOTHING_READ: Plausibility = { suspects: 0 };

// Configured speeds may be too low by a factor, and a smaller jump is caught by where it leads.
const SPEED_FACTOR = 4;
const FREE_JUMP_DEG = 10;
const MOST_SUSPECTS = 3;

// No rotator turns once in a second.
const ANY_AXIS = { speedDegPerS: 360, accelerationDegPerS2: 3_600 };
/** Of a rotator of which nothing is known. */
export const ANY_MOTION: RotorMotion = { azimuth: ANY_AXIS, elevation: ANY_AXIS };

/**
 * Judges a readback (undefined: no number came) by what the rotator can do since the last good one. One that it cannot have
 * done is ignored; three in a row are a fault.
 */
export function judge(
  before: Plausibility,
  reading: Reading | undefined,
  motion: RotorMotion,
): { after: Plausibility; judgement: Judgement } {
  if (reading && isPossible(before.last, reading, motion))
    return { after: { last: reading, suspects: 0 }, judgement: 'position' };
  const suspects = before.suspects + 1;
  return {
    after: { last: before.last, suspects },
    judgement: suspects >= MOST_SUSPECTS ? 'fault' : 'ignore',
  };
}

function isPossible(last: Reading | undefined, reading: Reading, motion: RotorMotion): boolean {
  if (!last) return true;
  const seconds = Math.max(0, reading.atMs - last.atMs) / 1000;
  const within = (a: number, b: number, speedDegPerS: number) =>
    Math.abs(a - b) <= FREE_JUMP_DEG + SPEED_FACTOR * speedDegPerS * seconds;
  return (
    within(reading.pointing.azimuthDeg, last.pointing.azimuthDeg, motion.azimuth.speedDegPerS) &&
    within(reading.pointing.elevationDeg, last.pointing.elevationDeg, motion.elevation.speedDegPerS)
  );
}
