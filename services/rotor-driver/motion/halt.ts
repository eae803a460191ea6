import { errorKind, SkyScanError } from '#shared/base/errors';
import type { RotorMotion } from '#shared/sky/kinematics';
import { axisDistanceDeg, formatPointing } from '#shared/sky/pointing';
import { sleep } from '#shared/runtime/waiting';
import { runOutMs } from '../domain/kinematics.ts';
import { NO_STANDSTILL, observeStandstill } from '../domain/standstill.ts';
import type { RotctldClient } from './rotctld-client.ts';
import { RefusalError } from '../domain/refusals.ts';
import type { Observed } from '../domain/reading.ts';
import type { Readings } from './readings.ts';

const MOST_STOPS = 5;
const POLL_MS = 30;
const MOST_POLL_MS = 250;
// Beside the time that the motors need to stop: some readings of a coarse readback, however long
// the link takes for them.
const VERIFY_MS = 1_500;
const FEWEST_READINGS = 5;
// A controller that reports its position only at rest repeats the start of the move until a moment
// after the motors have stopped.
const REPORT_MS = 1_000;
// Nonsense, or a connection that was given up because it hung.
const MOST_FAILED = 3;

/** Where a rotor rests, and what else is to be said of how it came to rest. */
export interface Rest extends Observed {
  remark?: string;
}

/**
 * Stops a rotor and returns where it rests once the position has stopped changing; sends `S` again
 * while it has not. A controller that refuses `S` is watched all the same: it may rest, or come to
 * rest on its target, and that is said. Throws `unavailable` when rotctld cannot be asked,
 * `hardware_fault` when the rotor goes on moving.
 */
export async function stopAndVerify(
  client: RotctldClient,
  readings: Readings,
  motion: RotorMotion,
  signal: AbortSignal,
): Promise<Rest> {
  const { unseenFrom } = readings.state;
  let state = NO_STANDSTILL;
  let failed = 0;
  let remark: { remark?: string } = {};
  for (let attempt = 0; attempt < MOST_STOPS; attempt++) {
    const refusal = await stopUnlessRefused(client);
    remark = refusal === undefined ? {} : { remark: `${refusal}; the rotor rests by itself` };
    readings.apply({ kind: 'heads', target: undefined });
    const shownMs = performance.now() + REPORT_MS + runOutMs(motion);
    const giveUpMs = shownMs + VERIFY_MS - REPORT_MS;
    for (let count = 0; count < FEWEST_READINGS || performance.now() < giveUpMs; count++) {
      try {
        const reading = await readings.read(signal);
        const { after, still } = observeStandstill(state, reading, readings.state.stepDeg, motion);
        state = after;
        const isOld = unseenFrom && axisDistanceDeg(unseenFrom, reading.pointing) <= readings.stillMarginDeg;
        if (still && !(isOld && reading.atMs < shownMs)) {
          readings.apply({ kind: 'rests' });
          return { ...reading, moving: false, ...remark };
        }
      } catch (error) {
        if (errorKind(error) !== 'unavailable' || ++failed >= MOST_FAILED) throw error;
      }
      await sleep(Math.max(POLL_MS, Math.min(MOST_POLL_MS, 2 * readings.state.roundTripMs)), signal);
    }
  }
  const where = readings.state.latest ? ` at ${formatPointing(readings.state.latest.pointing)}` : '';
  const why = remark.remark === undefined ? '' : ', all of them refused';
  throw new SkyScanError(
    'hardware_fault',
    `the rotor goes on moving${where} after ${MOST_STOPS} stops${why}`,
  );
}

/** Why rotctld did not stop it; undefined when it did. */
async function stopUnlessRefused(client: RotctldClient): Promise<string | undefined> {
  try {
    await client.stop();
    return undefined;
  } catch (error) {
    // A controller that is lost cannot be asked where it is either.
    if (error instanceof RefusalError && error.kind !== 'unavailable') return error.message;
    throw error;
  }
}
