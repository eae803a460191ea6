import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { createLogger } from '#shared/runtime/logger';
import { createManualMoves } from './manual-moves.ts';

function createDeferred() {
  let settle!: { resolve: () => void; reject: (error: Error) => void };
  const promise = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  promise.catch(() => undefined);
  return { promise, ...settle };
}

/** A call of rotor-driver that the test answers. */
function createCall() {
  const start = createDeferred();
  const end = createDeferred();
  let signal: AbortSignal | undefined;
  let isRead = false;
  async function* open(given: AbortSignal) {
    signal = given;
    given.addEventListener('abort', () => {
      for (const { reject } of [start, end]) reject(new SkyScanError('cancelled', 'cancelled'));
    });
    await start.promise;
    yield { position: undefined };
    await end.promise.finally(() => (isRead = true));
  }
  return {
    start,
    end,
    open,
    get cancelled() {
      return signal?.aborted;
    },
    /** Its end was read. */
    get isRead() {
      return isRead;
    },
  };
}

const createMoves = () => createManualMoves(20_000, createLogger('gateway', 'silent'));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a manual move', () => {
  test('has started with the first message, and its call stays open until its end', async () => {
    const call = createCall();
    const started = createMoves().start(1, call.open);
    call.start.resolve();
    await started;
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(call.cancelled).toBe(false);
    call.end.resolve();
    await vi.waitFor(() => expect(call.isRead).toBe(true));
  });

  test('that is refused throws the refusal', async () => {
    const call = createCall();
    const refusal = new SkyScanError('busy', 'the rotor is held by session 4');
    call.start.reject(refusal);
    await expect(createMoves().start(1, call.open)).rejects.toBe(refusal);
  });

  test('that does not start in time is cancelled', async () => {
    const call = createCall();
    const started = createMoves().start(1, call.open);
    const refused = expect(started).rejects.toMatchObject({
      kind: 'timeout',
      message: 'the move did not start within 20 s',
    });
    await vi.advanceTimersByTimeAsync(20_000);
    await refused;
    expect(call.cancelled).toBe(true);
  });

  test('that fails later does not affect others', async () => {
    const [first, second] = [createCall(), createCall()];
    const moves = createMoves();
    for (const call of [first, second]) call.start.resolve();
    await Promise.all([moves.start(1, first.open), moves.start(2, second.open)]);
    first.end.reject(new SkyScanError('hardware_fault', 'stalled'));
    await vi.waitFor(() => expect(first.isRead).toBe(true));
    expect(second.cancelled).toBe(false);
    moves.close();
    expect(second.cancelled).toBe(true);
  });

  test('that is starting or in progress is cancelled when the gateway closes', async () => {
    const [starting, inProgress, ended] = [createCall(), createCall(), createCall()];
    const moves = createMoves();
    for (const call of [inProgress, ended]) call.start.resolve();
    await Promise.all([moves.start(2, inProgress.open), moves.start(3, ended.open)]);
    ended.end.resolve();
    await vi.waitFor(() => expect(ended.isRead).toBe(true));
    const refused = expect(moves.start(1, starting.open)).rejects.toMatchObject({ kind: 'cancelled' });
    moves.close();
    await refused;
    expect([starting.cancelled, inProgress.cancelled, ended.cancelled]).toEqual([true, true, false]);
  });
});
