import type { RotorDriverDefinition } from '#proto/rotor_driver';
import { type HoldResponse, type RotorPosition } from '#proto/rotor_driver';
import { SkyScanError, errorMessage } from '#shared/base/errors';
import type { GrpcClient } from '#shared/runtime/grpc-client';
import type { Pointing } from '#shared/sky/pointing';
import { trustedLimits, type RotorConfig } from '#shared/rotor/rotor-config';
import { limitsFromMessage, pointingFromMessage, rotorConfigToMessage } from '#shared/rotor/rotor-messages';
import { orAborted, withEither } from '#shared/runtime/waiting';
import { countedOf } from '#shared/base/plurals';
import type { TimedPointing } from '../domain/sweep-track.ts';
import type { Approach, RotorHold, Rotors } from '../engine/ports.ts';
import { createLeaseRequests } from './lease-requests.ts';

export type RotorDriver = GrpcClient<typeof RotorDriverDefinition>;

const ANSWER_MS = 15_000;
// One read of a rotator's own receiver, at most.
const OWN_READ_MS = 500;

interface HowToSlew {
  announce?: boolean;
  onPosition?: (position: TimedPointing) => void;
  /** With every readback on the way. */
  onReadback?: (() => void) | undefined;
}

/** The rotators behind a rotor-driver. */
export function rotorsOf(driver: RotorDriver): Rotors {
  return {
    async probe(rotor, signal) {
      const request = { rotor: rotorConfigToMessage(rotor) };
      const answer = await driver.probe(request, { deadline: ANSWER_MS, ...(signal && { signal }) });
      return {
        model: answer.model,
        position: pointingOf(answer.position),
        reportedLimits: trustedLimits(
          rotor,
          answer.reportedLimits && limitsFromMessage(answer.reportedLimits),
        ),
        hasRssi: answer.hasRssi,
      };
    },
    hold: (rotor, sessionId, signal) => hold(driver, rotor, sessionId, signal),
  };
}

/**
 * Opens the lease's stream and waits for the grant. The stream lives until release, loss, or the
 * signal before the grant.
 */
async function hold(
  driver: RotorDriver,
  rotor: RotorConfig,
  sessionId: number,
  signal: AbortSignal,
): Promise<RotorHold> {
  const stream = new AbortController();
  const message = rotorConfigToMessage(rotor);
  const requests = createLeaseRequests({
    rotor: message,
    holder: `session ${sessionId}`,
    sessionId,
  });
  const events = driver.hold(requests.stream, { signal: stream.signal })[Symbol.asyncIterator]();
  let granted;
  try {
    const timeout = AbortSignal.timeout(ANSWER_MS);
    granted = grantOf(await orAborted(events.next(), AbortSignal.any([signal, timeout])));
  } catch (error) {
    requests.end();
    stream.abort();
    throw asTimeout(error, signal);
  }
  const { token } = granted;
  let lost: Error | undefined;
  let released = false;
  const listeners: ((why: Error) => void)[] = [];
  const whileHeld = new AbortController();

  const lose = (why: Error) => {
    if (lost || released) return;
    lost = why;
    requests.end();
    stream.abort();
    whileHeld.abort(why);
    for (const listener of listeners) listener(why);
  };
  void watch(events).then(lose, (error: unknown) =>
    lose(new SkyScanError('lease_lost', `rotor-driver is away: ${errorMessage(error)}`, { cause: error })),
  );

  /** A call under the lease: what ends the lease ends the call, with the lease's own reason. */
  async function underLease<T>(call: (signal: AbortSignal) => Promise<T>, caller?: AbortSignal): Promise<T> {
    try {
      return await withEither(caller ? [caller, whileHeld.signal] : [whileHeld.signal], call);
    } catch (error) {
      if (lost && !caller?.aborted) throw lost;
      throw error;
    }
  }

  async function slew(
    target: Pointing,
    both: AbortSignal,
    { announce = false, onPosition, onReadback }: HowToSlew = {},
  ): Promise<Approach> {
    const request = { rotorId: rotor.id, token, target, sweep: onPosition !== undefined, announce };
    for await (const { event } of driver.slew(request, { signal: both })) {
      if (event?.$case === 'settled')
        return { at: pointingOf(event.value.readback), settledAtMs: event.value.settledAtSteadyMs };
      onReadback?.();
      const atMs = event?.value.steadyMs;
      if (event && atMs !== undefined) onPosition?.({ pointing: pointingOf(event.value), atMs });
    }
    throw new SkyScanError('unavailable', 'rotor-driver ended the slew without a readback');
  }

  return {
    position: pointingOf(granted.position),
    reportedLimits: trustedLimits(rotor, granted.reportedLimits && limitsFromMessage(granted.reportedLimits)),
    get lost() {
      return lost;
    },
    onLost: (listener) => {
      if (lost) listener(lost);
      else listeners.push(listener);
    },
    readPosition: (caller) =>
      underLease(async (both) => {
        const answer = await driver.getPosition(
          { rotor: message, token },
          { signal: both, deadline: ANSWER_MS },
        );
        return pointingOf(answer.position);
      }, caller),
    slew: (to, caller, onReadback) =>
      underLease(async (both) => (await slew(to, both, { onReadback })).at, caller),
    approach: (to, caller, onReadback) =>
      underLease((both) => slew(to, both, { announce: true, onReadback }), caller),
    sweep: (to, onPosition, caller) =>
      underLease(async (both) => (await slew(to, both, { onPosition })).at, caller),
    readClock: (caller) =>
      underLease(async (both) => {
        const { steadyMs } = await driver.readClock({}, { signal: both, deadline: ANSWER_MS });
        return steadyMs;
      }, caller),
    measure: (reads, caller) =>
      underLease(async (both) => {
        const options = { signal: both, deadline: reads * OWN_READ_MS + ANSWER_MS };
        const request = { rotorId: rotor.id, token, reads };
        const { levelsDbm, summarised } = await driver.measureRssi(request, options);
        if (levelsDbm.length !== reads || !levelsDbm.every(Number.isFinite))
          throw new SkyScanError(
            'unavailable',
            `the rotor gave ${countedOf(levelsDbm.length, reads, 'read')}`,
          );
        return levelsDbm.map((levelDb) => ({ levelDb, summarised }));
      }, caller),
    stop: () =>
      underLease(async (both) => {
        await driver.stop({ rotor: message, token }, { signal: both, deadline: ANSWER_MS });
      }),
    async release() {
      if (released || lost) return;
      released = true;
      requests.release();
      // The driver answers a release by ending the stream; one that does not is cut off.
      await orAborted(drain(events), AbortSignal.timeout(2_000)).catch(() => undefined);
      stream.abort();
    },
  };
}

function grantOf(first: IteratorResult<HoldResponse>) {
  const event = first.done ? undefined : first.value.event;
  if (event?.$case === 'granted') return event.value;
  throw new SkyScanError('busy', event?.value.reason ?? 'rotor-driver ended the lease at once');
}

/** Resolves with why the lease is gone, once it is. */
async function watch(events: AsyncIterator<HoldResponse>): Promise<Error> {
  for (let next = await events.next(); !next.done; next = await events.next()) {
    const { event } = next.value;
    if (event?.$case === 'revoked')
      return new SkyScanError(event.value.mayReacquire ? 'lease_lost' : 'hardware_fault', event.value.reason);
  }
  return new SkyScanError('lease_lost', 'rotor-driver ended the lease');
}

async function drain(events: AsyncIterator<HoldResponse>): Promise<void> {
  while (!(await events.next()).done);
}

function asTimeout(error: unknown, signal: AbortSignal): unknown {
  const timedOut = !signal.aborted && error instanceof DOMException && error.name === 'TimeoutError';
  return timedOut
    ? new SkyScanError('timeout', `rotor-driver did not grant the lease in ${ANSWER_MS / 1000} s`)
    : error;
}

function pointingOf(position: RotorPosition | undefined): Pointing {
  return pointingFromMessage(position?.pointing, 'position');
}
