import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createBulkStreams } from './bulk-streams.ts';
import type { HttpError } from './errors.ts';
import { EventLoopScheduler } from './event-loop-scheduler.ts';

const never = new AbortController().signal;
const LIMITS = { streams: 2, waiting: 2, waitMs: 60_000, stallMs: 60_000 };

test('two streams run, two wait in order, the next is refused with Retry-After', async () => {
  const streams = createBulkStreams(new EventLoopScheduler(), LIMITS);
  const [first, second] = [await streams.enter(never), await streams.enter(never)];
  const entered: string[] = [];
  const third = streams.enter(never).then((leave) => (entered.push('third'), leave));
  const fourth = streams.enter(never).then((leave) => (entered.push('fourth'), leave));
  const refused = await streams.enter(never).catch((error: unknown) => error as HttpError);
  expect(refused).toMatchObject({ status: 503, retryAfterS: 10 });
  first();
  first();
  await nextTurn();
  expect(entered).toEqual(['third']);
  second();
  const leaves = await Promise.all([third, fourth]);
  for (const leave of leaves) leave();
  await streams.enter(never);
  await streams.enter(never);
});

test('a client that disconnects leaves the queue', async () => {
  const streams = createBulkStreams(new EventLoopScheduler(), { ...LIMITS, streams: 1, waiting: 1 });
  const leave = await streams.enter(never);
  const disconnected = new AbortController();
  const waiting = streams.enter(disconnected.signal);
  disconnected.abort();
  await expect(waiting).rejects.toThrow();
  const next = streams.enter(never);
  leave();
  await next;
});

test('a request that waits too long is refused', async () => {
  const streams = createBulkStreams(new EventLoopScheduler(), { ...LIMITS, streams: 1, waitMs: 1 });
  await streams.enter(never);
  await expect(streams.enter(never)).rejects.toMatchObject({ status: 503, retryAfterS: 10 });
});

test('large chunks are sent in pieces, with other work in between', async () => {
  const streams = createBulkStreams(new EventLoopScheduler(), LIMITS);
  const other = { turns: 0, over: false };
  const running = (async () => {
    while (!other.over) {
      await nextTurn();
      other.turns++;
    }
  })();
  const lengths: number[] = [];
  async function* chunks() {
    await Promise.resolve();
    yield 'é'.repeat(100_000);
    yield Buffer.alloc(10);
  }
  for await (const piece of streams.paced(chunks(), () => undefined)) lengths.push(piece.length);
  other.over = true;
  await running;
  expect(lengths).toEqual([65_536, 65_536, 65_536, 3_392, 10]);
  expect(other.turns).toBeGreaterThanOrEqual(lengths.length - 1);
});

test('a client that does not read is detected', async () => {
  const streams = createBulkStreams(new EventLoopScheduler(), { ...LIMITS, stallMs: 5 });
  async function* chunks() {
    await Promise.resolve();
    yield 'a';
    yield 'b';
  }
  const stalled = await new Promise((resolve) => {
    void streams.paced(chunks(), () => resolve('stalled')).next();
  });
  expect(stalled).toBe('stalled');
});
