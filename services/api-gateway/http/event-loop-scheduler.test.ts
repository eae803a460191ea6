import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { EventLoopScheduler } from './event-loop-scheduler.ts';

test('runs one task per iteration, in order', async () => {
  const scheduler = new EventLoopScheduler();
  const done: number[] = [];
  const all = [1, 2, 3].map((n) => scheduler.nextSlot().then(() => done.push(n)));
  const seen: number[] = [];
  while (done.length < 3) {
    await nextTurn();
    seen.push(done.length);
  }
  await Promise.all(all);
  expect(done).toEqual([1, 2, 3]);
  // Never two in one iteration.
  expect(seen.every((count, turn) => count - (seen[turn - 1] ?? 0) <= 1)).toBe(true);
});

test('runs one task every 50 ms while connections keep arriving', async () => {
  const scheduler = new EventLoopScheduler();
  scheduler.connectionAccepted();
  const served: number[] = [];
  const sinceMs = performance.now();
  for (let piece = 0; piece < 3; piece++)
    void scheduler.nextSlot().then(() => served.push(performance.now() - sinceMs));
  while (served.length < 3) {
    scheduler.connectionAccepted();
    await nextTurn();
  }
  // A task may start late on a busy machine, but never early.
  for (const [piece, servedMs] of served.entries())
    expect(servedMs).toBeGreaterThanOrEqual(50 * (piece + 1) - 1);
});

test('runs a task as soon as no connection arrives', async () => {
  const scheduler = new EventLoopScheduler();
  scheduler.connectionAccepted();
  let mine = false;
  void scheduler.nextSlot().then(() => (mine = true));
  for (let turn = 0; turn < 4; turn++) await nextTurn();
  expect(mine).toBe(true);
});
