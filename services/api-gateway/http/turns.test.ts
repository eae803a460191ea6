import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

test('one piece of work in a turn, in the order of asking', async () => {
  const turns = createTurns();
  const done: number[] = [];
  const all = [1, 2, 3].map((n) => turns.next().then(() => done.push(n)));
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
  const turns = createTurns();
  turns.arrived();
  const served: number[] = [];
  const sinceMs = performance.now();
  for (let piece = 0; piece < 3; piece++)
    void turns.next().then(() => served.push(performance.now() - sinceMs));
  while (served.length < 3) {
    turns.arrived();
    await nextTurn();
  }
  for (const [piece, servedMs] of served.entries())
    expect(servedMs - (served[piece - 1] ?? 0)).toBeGreaterThanOrEqual(49);
});

test('as soon as no connection arrives', async () => {
  const turns = createTurns();
  turns.arrived();
  let mine = false;
  void turns.next().then(() => (mine = true));
  for (let turn = 0; turn < 4; turn++) await nextTurn();
  expect(mine).toBe(true);
});
