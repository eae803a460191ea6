import { expect, test } from 'vitest';
import { createPriorityQueue } from './priority-queue.ts';

test('runs one task at a time; up to eight small tasks overtake a large one', async () => {
  const enqueue = createPriorityQueue();
  const done: string[] = [];
  let running = 0;
  const run = (name: string, isSmall: boolean) =>
    enqueue(isSmall, async () => {
      expect(++running).toBe(1);
      await Promise.resolve();
      running--;
      done.push(name);
      if (name === 'L1') throw new Error('a failed task does not stop the next one');
    }).catch(() => undefined);
  const large = ['L0', 'L1', 'L2'].map((name) => run(name, false));
  const small = Array.from({ length: 10 }, (_, n) => run(`s${n}`, true));
  await Promise.all([...large, ...small]);
  expect(done.join(' ')).toBe('L0 s0 s1 s2 s3 s4 s5 s6 s7 L1 s8 s9 L2');
});
