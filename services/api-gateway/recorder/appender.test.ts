import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import type { Measurement } from '#contract/measurement';
import type { PointRun } from '../store/points.ts';
import { createAppender } from './appender.ts';

const INTERVAL_MS = 20;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const run = (sessionId: number, count = 1): PointRun => ({
  sessionId,
  columns: 1,
  points: Array.from({ length: count }, (_, k) => ({ seq: k + 1 }) as Measurement),
});

/** A database that answers when the test says so. */
function createWriter() {
  const statements: number[][] = [];
  let answer: ((stored: Set<number>) => void) | undefined;
  const appender = createAppender((runs) => {
    statements.push(runs.map(({ sessionId }) => sessionId));
    return new Promise((resolve) => (answer = resolve));
  });
  return { appender, statements, answer: (...stored: number[]) => answer?.(new Set(stored)) };
}

const nextTurn = () => vi.advanceTimersByTimeAsync(0);

test('the first run is stored at once, the runs of the next 20 ms together', async () => {
  const { appender, statements, answer } = createWriter();
  const first = appender.append(run(1));
  expect(statements).toEqual([[1]]);
  answer(1);
  expect(await first).toBe(true);
  const others = [2, 3, 4].map((id) => appender.append(run(id)));
  await vi.advanceTimersByTimeAsync(INTERVAL_MS - 1);
  expect(statements).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(statements).toEqual([[1], [2, 3, 4]]);
  answer(2, 4);
  expect(await Promise.all(others)).toEqual([true, false, true]);
});

test('runs that arrive while a statement runs wait for its end', async () => {
  const { appender, statements, answer } = createWriter();
  void appender.append(run(1));
  void appender.append(run(2));
  await vi.advanceTimersByTimeAsync(10 * INTERVAL_MS);
  expect(statements).toEqual([[1]]);
  answer(1);
  await nextTurn();
  expect(statements).toEqual([[1], [2]]);
});

test('a full statement does not wait', async () => {
  const { appender, statements, answer } = createWriter();
  void appender.append(run(1));
  answer(1);
  await nextTurn();
  void appender.append(run(2, 255));
  expect(statements).toHaveLength(1);
  void appender.append(run(3, 1));
  expect(statements).toEqual([[1], [2, 3]]);
});

test('a run that the database refuses affects no other session', async () => {
  const appender = createAppender((runs) => {
    const ids = runs.map(({ sessionId }) => sessionId);
    return ids.includes(3) ? Promise.reject(new Error('duplicate key')) : Promise.resolve(new Set(ids));
  });
  await appender.append(run(1));
  const results = Promise.allSettled([2, 3, 4].map((id) => appender.append(run(id))));
  await vi.advanceTimersByTimeAsync(INTERVAL_MS);
  expect(await results).toMatchObject([
    { status: 'fulfilled', value: true },
    { status: 'rejected', reason: { message: 'duplicate key' } },
    { status: 'fulfilled', value: true },
  ]);
});

test('an outage is reported to all, after one statement, and later runs are stored', async () => {
  let isAway = true;
  let statements = 0;
  const appender = createAppender((runs) => {
    statements++;
    return isAway
      ? Promise.reject(new SkyScanError('unavailable', 'away'))
      : Promise.resolve(new Set(runs.map(({ sessionId }) => sessionId)));
  });
  await expect(appender.append(run(1))).rejects.toThrow('away');
  const results = Promise.allSettled([2, 3].map((id) => appender.append(run(id))));
  await vi.advanceTimersByTimeAsync(INTERVAL_MS);
  expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(statements).toBe(2);
  isAway = false;
  const later = appender.append(run(4));
  await vi.advanceTimersByTimeAsync(INTERVAL_MS);
  expect(await later).toBe(true);
});
