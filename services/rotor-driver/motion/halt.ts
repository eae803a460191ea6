import { errorKind, SkyScanError } from '#shared/errors';
import { formatPointing } from '#shared/pointing';
import { sleep } from '#shared/waiting';
import { runOutMs, type RotatorMotion } from '../domain/kinematics.ts';
import { NO_STANDSTILL, observeStandstill } from '../domain/standstill.ts';
import type { RotctldClient } from '../rotctld/client.ts';
import type { Observed, Readings } from './readings.ts';

const MOST_STOPS = 5;
const POLL_MS = 30;
// Beside the time that the motors need to stop: two readings of a coarse readback, and a slow link.
const VERIFY_MS = 1_500;
// Nonsense, or a connection that was given up because it hung.
const MOST_FAILED = 3;

/**
 * Stops a rotor and returns where it rests once the position has stopped changing; sends `S` again while it has not. Throws
 * `unavailable` when rotctld cannot be asked, `hardware_fault` when it goes on moving.
 */
export async function stopAndVerify(
  client: RotctldClient,
  readings: Readings,
  motion: RotatorMotion,
  signal: AbortSignal,
): Promise<Observed> {
  let state = NO_STANDSTILL;
  let failed = 0;
  for (let attempt = 0; attempt < MOST_STOPS; attempt++) {
    await client.stop();
    readings.towards = undefined;
    const giveUpMs = performance.now() + VERIFY_MS + runOutMs(motion);
    while (performance.now() < giveUpMs) {
      try {
        const reading = await readings.read(signal);
        const { after, still } = observeStandstill(state, reading, readings.stepDeg, motion);
        state = after;
        if (still) return { ...reading, moving: false };
      } catch (error) {
        if (errorKind(error) !== 'unavailable' || ++failed >= MOST_FAILED) throw error;
      }
      await sleep(Math.max(POLL_MS, 2 * readings.roundTripMs), signal);
    }
  }
  const where = readings.latest ? ` at ${formatPointing(readings.latest.pointing)}` : '';
  throw new SkyScanError('hardware_fault', `the rotor goes on moving${where} after ${MOST_STOPS} stops`);
}
