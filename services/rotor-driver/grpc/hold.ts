import type { HoldRequest, HoldResponse } from '#proto/rotor_driver';
import { SkyScanError } from '#shared/base/errors';
import { rotorConfigFromMessage } from '#shared/rotor/rotor-messages';
import { orAborted } from '#shared/runtime/waiting';
import { LeaseOverError, type Grant } from '../motion/keeper.ts';
import { RELEASED } from '../domain/lease.ts';
import type { Rotors } from '../motion/rotors.ts';
import { positionToMessage } from './messages.ts';

const LONGEST_HOLDER = 100;

/**
 * The life of a lease as a stream: acquire, heartbeats, release; the end of the stream is the end
 * of the lease.
 */
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
    name: action.value.holder.slice(0, LONGEST_HOLDER) || 'a client without a name',
    sessionId,
  };
  const rotor = await rotors.find(config);
  const { grant, position, reportedLimits } = await rotor.acquire(config, holder, signal);
  const listening = listen(stream, grant);
  try {
    yield {
      event: {
        $case: 'granted',
        value: { token: grant.token, position: positionToMessage(position), reportedLimits },
      },
    };
    await orAborted(untilOver(grant.over), signal);
    const end = grant.over.reason instanceof LeaseOverError ? grant.over.reason.end : RELEASED;
    if (end !== RELEASED) yield { event: { $case: 'revoked', value: end } };
  } finally {
    grant.cut(); // means nothing once the lease is over
    await listening.stopped();
  }
}

/** Takes the holder's messages in the background. */
function listen(stream: AsyncIterator<HoldRequest>, grant: Grant): { stopped: () => Promise<void> } {
  const run = async () => {
    try {
      for (;;) {
        const next = await stream.next();
        if (next.done || grant.over.aborted) break;
        const action = next.value.action;
        if (action?.$case === 'heartbeat') grant.heartbeat();
        else if (action?.$case === 'release') grant.release();
      }
    } finally {
      grant.cut();
    }
  };
  // A stream that breaks is a stream that ends.
  const running = run().catch(() => undefined);
  return {
    async stopped() {
      await Promise.race([running, Promise.resolve()]);
    },
  };
}

function untilOver(over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (over.aborted) resolve();
    else over.addEventListener('abort', () => resolve(), { once: true });
  });
}
