import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Clock } from '#shared/runtime/clock';
import type { Logger } from '#shared/runtime/logger';
import type { Pointing } from '#shared/sky/pointing';
import { orAborted, sleep, withAnySignal } from '#shared/runtime/waiting';

/** The antenna on the rotator of another rotctld. */
export interface Follower {
  truePointingAt(monotonicMs: number): Pointing;
  close(): Promise<void>;
}

const POLL_MS = 20;
const REPLY_TIMEOUT_MS = 2_000;
const RECONNECT_MS = 500;
const HISTORY = 500;
// Extrapolates during a late answer, up to this limit.
const MAX_EXTRAPOLATED_MS = 40;

interface Fix extends Pointing {
  atMs: number;
}

/**
 * Polls a rotctld about every 20 ms and interpolates between its answers. Without answers the
 * pointing does not change.
 */
export function followRotctld(
  address: { host: string; port: number },
  clock: Clock,
  logger: Logger,
): Follower {
  const fixes: Fix[] = [{ atMs: clock.monotonicMs(), azimuthDeg: 0, elevationDeg: 0 }];
  const closing = new AbortController();
  // Runs until close().
  const done = run().catch(() => undefined);

  async function run(): Promise<void> {
    for (;;) {
      closing.signal.throwIfAborted();
      const socket = connect({ ...address, noDelay: true });
      try {
        await poll(socket);
      } catch (error) {
        if (!closing.signal.aborted) logger.warn({ err: error, ...address }, 'cannot follow rotctld');
      } finally {
        socket.destroy();
      }
      await sleep(RECONNECT_MS, closing.signal);
    }
  }

  async function poll(socket: Socket): Promise<void> {
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
    const disconnected = new AbortController();
    socket.once('error', (error) => disconnected.abort(error));
    socket.once('close', () => disconnected.abort(new Error('connection closed')));
    for (;;) {
      const asked = clock.monotonicMs();
      socket.write('p\n');
      const ends = [closing.signal, disconnected.signal, AbortSignal.timeout(REPLY_TIMEOUT_MS)];
      const readNumber = () =>
        withAnySignal(ends, async (either) => Number((await orAborted(lines.next(), either)).value));
      const azimuthDeg = await readNumber();
      const elevationDeg = await readNumber();
      if (!Number.isFinite(azimuthDeg) || !Number.isFinite(elevationDeg))
        throw new Error('no position in the reply');
      if (fixes.length >= HISTORY) fixes.shift();
      fixes.push({ atMs: (asked + clock.monotonicMs()) / 2, azimuthDeg, elevationDeg });
      await sleep(POLL_MS, closing.signal);
    }
  }

  return {
    truePointingAt: (monotonicMs) => interpolate(fixes, monotonicMs),
    async close() {
      closing.abort();
      await done;
    },
  };
}

function interpolate(fixes: readonly Fix[], atMs: number): Pointing {
  let index = fixes.length - 1;
  while (index > 1 && (fixes[index - 1] as Fix).atMs > atMs) index--;
  const after = fixes[index] as Fix;
  const before = fixes[index - 1];
  if (!before) return after;
  const spanMs = Math.max(after.atMs - before.atMs, 1);
  const share = Math.min(Math.max(0, atMs - before.atMs), spanMs + MAX_EXTRAPOLATED_MS) / spanMs;
  // The first fix is a guess, and after an interruption interpolation is not valid.
  if (index === 1 || spanMs > 10 * POLL_MS) return after;
  return {
    azimuthDeg: before.azimuthDeg + share * (after.azimuthDeg - before.azimuthDeg),
    elevationDeg: before.elevationDeg + share * (after.elevationDeg - before.elevationDeg),
  };
}
