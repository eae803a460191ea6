import { expect, test } from 'vitest';
import { createRecentCache } from '../domain/recent-cache.ts';
import { createKeptResults } from './kept-results.ts';

const never = new AbortController().signal;

/** Results that end when the test says so. */
function createWorld(maxKept = 2) {
  const kept = createKeptResults(createRecentCache<string>(maxKept, () => 1));
  const started: {
    key: string;
    signal: AbortSignal;
    end: (value: string) => void;
    fail: (error: Error) => void;
  }[] = [];
  const get = (key: string, signal: AbortSignal = never) =>
    kept.get(
      key,
      (ended) =>
        new Promise<string>((resolve, reject) => {
          started.push({ key, signal: ended, end: resolve, fail: reject });
        }),
      signal,
    );
  return { get, started };
}

test('equal questions are computed once, and their result is kept', async () => {
  const { get, started } = createWorld();
  const both = Promise.all([get('a'), get('a'), get('b')]);
  expect(started.map(({ key }) => key)).toEqual(['a', 'b']);
  started.forEach(({ key, end }) => end(`of ${key}`));
  expect(await both).toEqual(['of a', 'of a', 'of b']);
  expect(await get('a')).toBe('of a');
  expect(started).toHaveLength(2);
});

test('the result that was not used for longest is dropped', async () => {
  const { get, started } = createWorld();
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) {
    const result = get(key);
    started.at(-1)?.end(key);
    await result;
  }
  expect(started.map(({ key }) => key)).toEqual(['a', 'b', 'c', 'b']);
});

test('the computation ends when the last one has gone, not before', async () => {
  const { get, started } = createWorld();
  const [one, other] = [new AbortController(), new AbortController()];
  const results = [get('a', one.signal), get('a', other.signal)];
  one.abort(new Error('gone'));
  await expect(results[0]).rejects.toThrow('gone');
  expect(started[0]?.signal.aborted).toBe(false);
  other.abort(new Error('gone too'));
  await expect(results[1]).rejects.toThrow('gone too');
  expect(started[0]?.signal.aborted).toBe(true);
  void get('a').catch(() => undefined);
  expect(started).toHaveLength(2);
});

test('an error reaches all who wait, and is not kept', async () => {
  const { get, started } = createWorld();
  const results = [get('a'), get('a')];
  started[0]?.fail(new Error('broken'));
  for (const result of results) await expect(result).rejects.toThrow('broken');
  const again = get('a');
  started[1]?.end('whole');
  expect(await again).toBe('whole');
});
