import type { HoldRequest, HoldResponse } from '#proto/rotor_driver';
import { SkyScanError } from '#shared/base/errors';
import { rotorConfigFromMessage } from '#shared/rotor/rotor-messages';
import { orAborted } from '#shared/runtime/waiting';
import { LeaseOverError, type RotorLease } from '../motion/rotor-lease.ts';
import { RELEASED } from '../domain/lease.ts';
import type { Rotors } from '../motion/rotors.ts';
import { positionToMessage } from './messages.ts';

const MAX_HOLDER_CHARS = 100;

/** A lease as a stream: acquire, heartbeats, release. The end of the stream ends the lease. */
export async function* hold(
  rotors: Rotors,
  requests: AsyncIterable<HoldRequest>,
  signal: AbortSignal,
): AsyncGenerator<HoldResponse> {
  const stream = requests[Symbol.asyncIterator]();
  const first = await stream.next();
  const action = first.done ? undefined : first.value.action;
  if (action?.$case !== 'acquire')
    throw new SkyScanError('invalid', 'the first message of a hold must be acquire');
  const config = rotorConfigFromMessage(action.value.rotor);
  const { sessionId } = action.value;
  const holder = {
    name: action.value.holder.slice(0, MAX_HOLDER_CHARS) || 'a client without a name',
    sessionId,
  };
  const rotor = await rotors.find(config);
  const { lease, position, reportedLimits } = await rotor.acquire(config, holder, signal);
  const listening = listen(stream, lease);
  try {
    yield {
      event: {
        $case: 'granted',
        value: { token: lease.token, position: positionToMessage(position, config), reportedLimits },
      },
    };
    await orAborted(untilAborted(lease.over), signal);
    const end = lease.over.reason instanceof LeaseOverError ? lease.over.reason.end : RELEASED;
    if (end !== RELEASED) yield { event: { $case: 'revoked', value: end } };
  } finally {
    lease.disconnect(); // no effect after the end of the lease
    await listening.stopped();
  }
}

/** Processes the messages of the holder in the background. */
function listen(stream: AsyncIterator<HoldRequest>, lease: RotorLease): { stopped: () => Promise<void> } {
  const run = async () => {
    try {
      for (;;) {
        const next = await stream.next();
        if (next.done || lease.over.aborted) break;
        const action = next.value.action;
        if (action?.$case === 'heartbeat') lease.heartbeat();
        else if (action?.$case === 'release') lease.release();
      }
    } finally {
      lease.disconnect();
    }
  };
  // A broken stream counts as ended.
  const running = run().catch(() => undefined);
  return {
    async stopped() {
      await Promise.race([running, Promise.resolve()]);
    },
  };
}

function untilAborted(over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (over.aborted) resolve();
    else over.addEventListener('abort', () => resolve(), { once: true });
  });
}
