import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createEventLoopScheduler } from './event-loop-scheduler.ts';

test('one piece of work in a turn, in the order of asking', async () => {
  const scheduler = createEventLoopScheduler();
  const done: number[] = [];
  const all = [1, 2, 3].map((n) => scheduler.nextSlot().then(() => done.push(n)));
  const seen: number[] = [];
  while (done.length < 3) {
    await nextTurn();
    seen.push(done.length);
  }
  await Promise.all(all);
  expect(done).toEqual([1, 2, 3]);
  // Never two in one turn.
  expect(seen.every((count, turn) => count - (seen[turn - 1] ?? 0) <= 1)).toBe(true);
});

test('one piece in 50 ms while connections arrive without an end', async () => {
  const scheduler = createEventLoopScheduler();
  scheduler.connectionAccepted();
  const served: number[] = [];
  const sinceMs = performance.now();
  for (let piece = 0; piece < 3; piece++)
    void scheduler.nextSlot().then(() => served.push(performance.now() - sinceMs));
  while (served.length < 3) {
    scheduler.connectionAccepted();
    await nextTurn();
  }
  for (const [piece, servedMs] of served.entries())
    expect(servedMs - (served[piece - 1] ?? 0)).toBeGreaterThanOrEqual(49);
});

test('as soon as no connection arrives', async () => {
  const scheduler = createEventLoopScheduler();
  scheduler.connectionAccepted();
  let mine = false;
  void scheduler.nextSlot().then(() => (mine = true));
  for (let turn = 0; turn < 4; turn++) await nextTurn();
  expect(mine).toBe(true);
});
