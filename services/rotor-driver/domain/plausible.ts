import type { RotorMotion } from '#shared/sky/kinematics';
import type { Pointing } from '#shared/sky/pointing';
import type { Reading } from './reading.ts';

/** What is remembered to tell a position from nonsense. */
export interface Plausibility {
  /** The last good reading. */
  last?: Reading | undefined;
  /**
   * Since when each axis has read as it does in `last`, monotonic milliseconds: it may have moved
   * unseen for so long.
   */
  since?: { azimuthMs: number; elevationMs: number } | undefined;
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
 * Judges a readback (undefined: no number came) by what the rotator can have done since the last
 * one that was different: some controllers report their position only at rest. One that it cannot
 * have done is ignored; three in a row are a fault.
 */
export function judge(
  before: Plausibility,
  reading: Reading | undefined,
  motion: RotorMotion,
): { after: Plausibility; judgement: Judgement } {
  if (reading && isPossible(before, reading, motion))
    return {
      after: { last: reading, since: sinceAfter(before, reading), suspects: 0 },
      judgement: 'position',
    };
  const suspects = before.suspects + 1;
  return {
    after: { ...before, suspects },
    judgement: suspects >= MOST_SUSPECTS ? 'fault' : 'ignore',
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
