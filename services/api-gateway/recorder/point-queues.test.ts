import { expect, test } from 'vitest';
import type { PointMessage } from '#contract/mqtt-messages';
import { createKeyedMutex } from '#shared/runtime/keyed-mutex';
import { createPointQueues } from './point-queues.ts';

const message = (seq: number) => ({ seq }) as PointMessage;

/** Queues whose store is held until the test releases it. */
function createHeldQueues() {
  const stored: number[][] = [];
  const releases: (() => void)[] = [];
  const inTurn = createKeyedMutex();
  const queues = createPointQueues(inTurn, async (_id, messages) => {
    stored.push(messages.map(({ seq }) => seq));
    await new Promise<void>((resolve) => releases.push(resolve));
    return messages.map(({ seq }) => `stored ${seq}`);
  });
  return { inTurn, queues, stored, release: () => releases.shift()?.() };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('points that arrive while earlier ones are stored are stored together, in order', async () => {
  const { queues, stored, release } = createHeldQueues();
  const first = queues.add(1, message(1));
  await settled();
  const others = [2, 3, 4].map((seq) => queues.add(1, message(seq)));
  await settled();
  expect(stored).toEqual([[1]]);
  release();
  expect(await first).toBe('stored 1');
  await settled();
  expect(stored).toEqual([[1], [2, 3, 4]]);
  release();
  expect(await Promise.all(others)).toEqual(['stored 2', 'stored 3', 'stored 4']);
});

test('a session does not wait for another one', async () => {
  const { queues, stored } = createHeldQueues();
  void queues.add(1, message(1));
  void queues.add(2, message(7));
  await settled();
  expect(stored).toEqual([[1], [7]]);
});

test('a task between two points stays between them', async () => {
  const { inTurn, queues, stored, release } = createHeldQueues();
  void queues.add(1, message(1));
  await settled();
  void queues.add(1, message(2));
  queues.separate(1);
  void inTurn(1, () => Promise.resolve(void stored.push([0])));
  void queues.add(1, message(3));
  for (let k = 0; k < 3; k++) {
    release();
    await settled();
  }
  expect(stored).toEqual([[1], [2], [0], [3]]);
});

test('what the store throws reaches every point of the queue', async () => {
  const queues = createPointQueues(createKeyedMutex(), () => Promise.reject(new Error('away')));
  const results = await Promise.allSettled([1, 2].map((seq) => queues.add(1, message(seq))));
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
