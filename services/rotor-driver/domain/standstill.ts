import { extendPlateau, heldMs, type Plateau } from './plateau.ts';
import type { RotorMotion } from '#shared/sky/kinematics';
import type { Reading } from './reading.ts';

/** Readbacks after a stop. */
export interface Standstill {
  first?: Reading | undefined;
  azimuth?: Plateau | undefined;
  elevation?: Plateau | undefined;
  /** Readings of the last second. */
  recent: readonly Reading[];
}

export const NO_STANDSTILL: Standstill = { recent: [] };

const NOISY_AFTER_MS = 2_000;
const WINDOW_MS = 1_000;
const FEWEST_RECENT = 4;

/**
 * Whether the position has stopped changing: three equal readings, over a time in which the rotor
 * would have moved the readback by a step. A noisy sensor never reads equal; after 2 s its drift
 * over a second is judged instead.
 */
export function observeStandstill(
  before: Standstill,
  reading: Reading,
  stepDeg: number,
  motion: RotorMotion,
): { after: Standstill; still: boolean } {
  const { pointing, atMs } = reading;
  const after: Standstill = {
    first: before.first ?? reading,
    azimuth: extendPlateau(before.azimuth, pointing.azimuthDeg, atMs),
    elevation: extendPlateau(before.elevation, pointing.elevationDeg, atMs),
    // A slow link brings few readings in a second: a mean needs two.
    recent: [
      ...before.recent.filter(
        (earlier, i, all) => atMs - earlier.atMs <= WINDOW_MS || i > all.length - FEWEST_RECENT,
      ),
      reading,
    ],
  };
  const slowest = Math.min(motion.azimuth.speedDegPerS, motion.elevation.speedDegPerS);
  const neededMs = Math.min(WINDOW_MS, Math.max(100, (2_000 * stepDeg) / slowest));
  const rests = [after.azimuth, after.elevation].every(
    (plateau) => plateau && plateau.readings >= 3 && heldMs(plateau) >= neededMs,
  );
  const elapsedMs = atMs - (after.first?.atMs ?? atMs);
  return { after, still: rests || (elapsedMs >= NOISY_AFTER_MS && !drifts(after.recent, slowest)) };
}

function drifts(recent: readonly Reading[], speedDegPerS: number): boolean {
  const half = Math.floor(recent.length / 2);
  if (half < 2) return true;
  // The means of two halves of a second lie half a second apart: a tenth of the speed would show as
  // a twentieth of it.
  const limitDeg = Math.max(0.1, 0.05 * speedDegPerS);
  return (['azimuthDeg', 'elevationDeg'] as const).some((axis) => {
    const mean = (part: readonly Reading[]) =>
      part.reduce((sum, { pointing }) => sum + pointing[axis], 0) / part.length;
    return Math.abs(mean(recent.slice(0, half)) - mean(recent.slice(-half))) > limitDeg;
  });
}
