import { errorKind, SkyScanError } from '#shared/base/errors';
import type { RotorMotion } from '#shared/sky/kinematics';
import { axisDistanceDeg, formatPointing } from '#shared/sky/pointing';
import { sleep } from '#shared/runtime/waiting';
import { runOutMs } from '../domain/kinematics.ts';
import { NO_STANDSTILL, observeStandstill } from '../domain/standstill.ts';
import type { RotctldClient } from './rotctld-client.ts';
import { RefusalError } from '../domain/refusals.ts';
import type { Readback } from '../domain/reading.ts';
import type { Readings } from './readings.ts';

const MAX_STOPS = 5;
const POLL_MS = 30;
const MAX_POLL_MS = 250;
// In addition to the braking time: enough readings of a coarse readback, even on a slow link.
const VERIFY_MS = 1_500;
const MIN_READINGS = 5;
// A controller that reports its position only at rest repeats the start of the move until shortly
// after the motors have stopped.
const REPORT_MS = 1_000;
// Invalid answers, or a connection that was closed because it hung.
const MAX_FAILED = 3;

/** The position after a stop, with a remark about the stop. */
export interface StoppedPosition extends Readback {
  remark?: string;
}

/**
 * Stops a rotor and returns its position once it has stopped changing; repeats `S` until then. If
 * the controller refuses `S`, the rotor may still come to rest, and a remark says so. Throws
 * `unavailable` if rotctld cannot be reached, `hardware_fault` if the rotor keeps moving.
 */
export async function stopAndVerify(
  client: RotctldClient,
  readings: Readings,
  motion: RotorMotion,
  signal: AbortSignal,
): Promise<StoppedPosition> {
  const { unseenFrom } = readings.state;
  let state = NO_STANDSTILL;
  let failed = 0;
  let remark: { remark?: string } = {};
  for (let attempt = 0; attempt < MAX_STOPS; attempt++) {
    const refusal = await stopUnlessRefused(client);
    remark = refusal === undefined ? {} : { remark: `${refusal}; the rotor came to rest anyway` };
    readings.apply({ kind: 'heading', target: undefined });
    const shownMs = performance.now() + REPORT_MS + runOutMs(motion);
    const giveUpMs = shownMs + VERIFY_MS - REPORT_MS;
    for (let count = 0; count < MIN_READINGS || performance.now() < giveUpMs; count++) {
      try {
        const reading = await readings.read(signal);
        const { state: next, isStill } = observeStandstill(state, reading, readings.state.stepDeg, motion);
        state = next;
        const isOld = unseenFrom && axisDistanceDeg(unseenFrom, reading.pointing) <= readings.stillMarginDeg;
        if (isStill && !(isOld && reading.atMs < shownMs)) {
          readings.apply({ kind: 'rests' });
          return { ...reading, moving: false, ...remark };
        }
      } catch (error) {
        if (errorKind(error) !== 'unavailable' || ++failed >= MAX_FAILED) throw error;
      }
      await sleep(Math.max(POLL_MS, Math.min(MAX_POLL_MS, 2 * readings.state.roundTripMs)), signal);
    }
  }
  const where = readings.state.latest ? ` at ${formatPointing(readings.state.latest.pointing)}` : '';
  const detail = remark.remark === undefined ? '' : ', all of them refused';
  throw new SkyScanError(
    'hardware_fault',
    `the rotor keeps moving${where} after ${MAX_STOPS} stops${detail}`,
  );
}

/** Sends a stop; returns the message of a refusal. */
async function stopUnlessRefused(client: RotctldClient): Promise<string | undefined> {
  try {
    await client.stop();
    return undefined;
  } catch (error) {
    // Without its controller rotctld cannot read the position either.
    if (error instanceof RefusalError && error.kind !== 'unavailable') return error.message;
    throw error;
  }
}
