import type { RotorDriverDefinition } from '#proto/rotor_driver';
import { type HoldResponse, type RotorPosition } from '#proto/rotor_driver';
import { SkyScanError, errorMessage } from '#shared/base/errors';
import type { GrpcClient } from '#shared/runtime/grpc-client';
import type { Pointing } from '#shared/sky/pointing';
import { trustedLimits, type RotorConfig } from '#shared/rotor/rotor-config';
import { limitsFromMessage, pointingFromMessage, rotorConfigToMessage } from '#shared/rotor/rotor-messages';
import { orAborted, withAnySignal } from '#shared/runtime/waiting';
import { countedOf } from '#shared/base/plurals';
import type { TimedPointing } from '../domain/sweep-track.ts';
import type { Approach, LeaseHolder, RotorLease, Rotors } from '../engine/ports.ts';
import { createLeaseRequests } from './lease-requests.ts';

export type RotorDriver = GrpcClient<typeof RotorDriverDefinition>;

const REPLY_TIMEOUT_MS = 15_000;
// Maximum time of one read of a receiver behind rotctld.
const ROTCTLD_READ_MS = 500;

interface SlewOptions {
  announce?: boolean;
  onPosition?: (position: TimedPointing) => void;
  /** Called with every readback during the move. */
  onReadback?: (() => void) | undefined;
}

/** The rotators of a rotor-driver. */
export function rotorsOf(driver: RotorDriver): Rotors {
  return {
    async probe(rotor, signal) {
      const request = { rotor: rotorConfigToMessage(rotor) };
      const answer = await driver.probe(request, { deadline: REPLY_TIMEOUT_MS, ...(signal && { signal }) });
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
    acquireLease: (rotor, holder, signal) => acquireLease(driver, rotor, holder, signal),
  };
}

/**
 * Opens the lease stream and waits for the grant. The stream ends with the release, the loss of the
 * lease, or an abort before the grant.
 */
async function acquireLease(
  driver: RotorDriver,
  rotor: RotorConfig,
  { name, sessionId }: LeaseHolder,
  signal: AbortSignal,
): Promise<RotorLease> {
  const stream = new AbortController();
  const message = rotorConfigToMessage(rotor);
  const requests = createLeaseRequests({ rotor: message, holder: name, sessionId });
  const events = driver.hold(requests.stream, { signal: stream.signal })[Symbol.asyncIterator]();
  let granted;
  try {
    const timeout = AbortSignal.timeout(REPLY_TIMEOUT_MS);
    granted = grantedLease(await orAborted(events.next(), AbortSignal.any([signal, timeout])));
  } catch (error) {
    requests.end();
    stream.abort();
    throw asTimeout(error, signal);
  }
  const { token } = granted;
  let lost: Error | undefined;
  let released = false;
  const listeners: ((error: Error) => void)[] = [];
  const leaseEnd = new AbortController();

  const lose = (error: Error) => {
    if (lost || released) return;
    lost = error;
    requests.end();
    stream.abort();
    leaseEnd.abort(error);
    for (const listener of listeners) listener(error);
  };
  void watch(events).then(lose, (error: unknown) =>
    lose(
      new SkyScanError('lease_lost', `rotor-driver is unreachable: ${errorMessage(error)}`, { cause: error }),
    ),
  );

  /**
   * Runs a call under the lease. If the lease ends, the call rejects with the reason of the lease.
   */
  async function underLease<T>(call: (signal: AbortSignal) => Promise<T>, caller?: AbortSignal): Promise<T> {
    try {
      return await withAnySignal(caller ? [caller, leaseEnd.signal] : [leaseEnd.signal], call);
    } catch (error) {
      if (lost && !caller?.aborted) throw lost;
      throw error;
    }
  }

  async function slew(
    target: Pointing,
    both: AbortSignal,
    { announce = false, onPosition, onReadback }: SlewOptions = {},
  ): Promise<Approach> {
    const request = { rotorId: rotor.id, token, target, sweep: onPosition !== undefined, announce };
    for await (const { event } of driver.slew(request, { signal: both })) {
      if (event?.$case === 'settled')
        return { at: pointingOf(event.value.readback), settledAtMs: event.value.settledAtMonotonicMs };
      onReadback?.();
      const atMs = event?.value.monotonicMs;
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
          { signal: both, deadline: REPLY_TIMEOUT_MS },
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
        const { monotonicMs } = await driver.readClock({}, { signal: both, deadline: REPLY_TIMEOUT_MS });
        return monotonicMs;
      }, caller),
    measure: (reads, caller) =>
      underLease(async (both) => {
        const options = { signal: both, deadline: reads * ROTCTLD_READ_MS + REPLY_TIMEOUT_MS };
        const request = { rotorId: rotor.id, token, reads };
        const { levelsDbm, summarised } = await driver.measureRssi(request, options);
        if (levelsDbm.length !== reads || !levelsDbm.every(Number.isFinite))
          throw new SkyScanError(
            'unavailable',
            `rotctld returned ${countedOf(levelsDbm.length, reads, 'read')}`,
          );
        return levelsDbm.map((levelDb) => ({ levelDb, summarised }));
      }, caller),
    stop: () =>
      underLease(async (both) => {
        await driver.stop({ rotor: message, token }, { signal: both, deadline: REPLY_TIMEOUT_MS });
      }),
    async release() {
      if (released || lost) return;
      released = true;
      requests.release();
      // rotor-driver ends the stream after a release; after 2 s this side does.
      await orAborted(drain(events), AbortSignal.timeout(2_000)).catch(() => undefined);
      stream.abort();
    },
  };
}

function grantedLease(first: IteratorResult<HoldResponse>) {
  const event = first.done ? undefined : first.value.event;
  if (event?.$case === 'granted') return event.value;
  throw new SkyScanError('busy', event?.value.reason ?? 'rotor-driver refused the lease without a reason');
}

/** Resolves with the reason once the lease is lost. */
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
    ? new SkyScanError('timeout', `rotor-driver did not grant the lease in ${REPLY_TIMEOUT_MS / 1000} s`)
    : error;
}

function pointingOf(position: RotorPosition | undefined): Pointing {
  return pointingFromMessage(position?.pointing, 'position');
}
