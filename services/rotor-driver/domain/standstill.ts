import { extendPlateau, plateauMs, type Plateau } from './plateau.ts';
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
const MIN_RECENT = 4;

/**
 * Detects that the position has stopped changing: three equal readings, over the time in which a
 * moving rotor would change the readback by a step. The readings of a noisy sensor are never
 * equal: after 2 s its drift over one second decides.
 */
export function observeStandstill(
  before: Standstill,
  reading: Reading,
  stepDeg: number,
  motion: RotorMotion,
): { state: Standstill; isStill: boolean } {
  const { pointing, atMs } = reading;
  const state: Standstill = {
    first: before.first ?? reading,
    azimuth: extendPlateau(before.azimuth, pointing.azimuthDeg, atMs),
    elevation: extendPlateau(before.elevation, pointing.elevationDeg, atMs),
    // A slow link gives few readings in a second, and each mean needs two.
    recent: [
      ...before.recent.filter(
        (earlier, i, all) => atMs - earlier.atMs <= WINDOW_MS || i > all.length - MIN_RECENT,
      ),
      reading,
    ],
  };
  const slowest = Math.min(motion.azimuth.speedDegPerS, motion.elevation.speedDegPerS);
  const neededMs = Math.min(WINDOW_MS, Math.max(100, (2_000 * stepDeg) / slowest));
  const rests = [state.azimuth, state.elevation].every(
    (plateau) => plateau && plateau.readings >= 3 && plateauMs(plateau) >= neededMs,
  );
  const elapsedMs = atMs - (state.first?.atMs ?? atMs);
  return { state, isStill: rests || (elapsedMs >= NOISY_AFTER_MS && !isDrifting(state.recent, slowest)) };
}

function isDrifting(recent: readonly Reading[], speedDegPerS: number): boolean {
  const half = Math.floor(recent.length / 2);
  if (half < 2) return true;
  // The two means are half a second apart: a drift at a tenth of the speed changes them by a
  // twentieth of it.
  const limitDeg = Math.max(0.1, 0.05 * speedDegPerS);
  return (['azimuthDeg', 'elevationDeg'] as const).some((axis) => {
    const mean = (part: readonly Reading[]) =>
      part.reduce((sum, { pointing }) => sum + pointing[axis], 0) / part.length;
    return Math.abs(mean(recent.slice(0, half)) - mean(recent.slice(-half))) > limitDeg;
  });
}
