import { expect, test } from 'vitest';
import { createBroadcast } from './broadcast.ts';

test('a slow reader loses its own oldest items and counts them', async () => {
  const broadcast = createBroadcast<number>(3);
  const reader = broadcast.subscribe(new AbortController().signal);
  for (let i = 1; i <= 5; i++) broadcast.publish(i);
  broadcast.close();
  const got: number[] = [];
  for await (const item of reader) got.push(item);
  expect(got).toEqual([3, 4, 5]);
  expect(reader.dropped).toBe(2);
});

test('a reader that leaves is removed', async () => {
  const broadcast = createBroadcast<number>(3);
  const leaving = new AbortController();
  const reader = broadcast.subscribe(leaving.signal);
  const next = reader[Symbol.asyncIterator]().next();
  expect(broadcast.subscribers).toBe(1);
  leaving.abort();
  expect(await next).toEqual({ value: undefined, done: true });
  expect(broadcast.subscribers).toBe(0);
});
