import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { systemClock } from '#shared/runtime/clock';
import { checkedReads } from './checked-reads.ts';

// A gate instead of time: the reads arrive when the test releases them.
function world(endInMs: number | undefined) {
  const events: string[] = [];
  let arrive: (reads: string) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const reads = new Promise<string>((resolve, reject) => {
    arrive = (value) => {
      events.push('reads');
      resolve(value);
    };
    fail = reject;
  });
  let onCheck: (() => Promise<void>) | undefined;
  const asked = gate();
  const check = () => {
    events.push('check');
    asked.resolve();
    return onCheck?.() ?? Promise.resolve();
  };
  const result = checkedReads({
    reads,
    endMs: endInMs === undefined ? undefined : systemClock.monotonicMs() + endInMs,
    check,
    clock: systemClock,
  });
  return {
    events,
    arrive: () => arrive('levels'),
    fail: (error: Error) => fail(error),
    asked: asked.promise,
    checksWith: (next: () => Promise<void>) => (onCheck = next),
    result,
  };
}

function gate() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

describe('reads and the check at their end', () => {
  test('reads that arrive before their expected end are checked afterwards', async () => {
    const { events, arrive, result } = world(60_000);
    arrive();
    expect(await result).toBe('levels');
    expect(events).toEqual(['reads', 'check']);
  });

  test('without an expected end the check waits for the reads', async () => {
    const { events, arrive, result } = world(undefined);
    arrive();
    await result;
    expect(events).toEqual(['reads', 'check']);
  });

  test('reads that arrive long after the check are checked again', async () => {
    const { events, asked, arrive, result } = world(0);
    await asked;
    await delay(60);
    arrive();
    expect(await result).toBe('levels');
    expect(events).toEqual(['check', 'reads', 'check']);
  });

  test('a failed check rejects after the reads have arrived', async () => {
    const { asked, checksWith, arrive, result } = world(0);
    checksWith(() => Promise.reject(new Error('the count is lost')));
    await asked;
    arrive();
    await expect(result).rejects.toThrow('the count is lost');
  });

  test('the error of the reads is reported, whatever the check returned', async () => {
    const { asked, checksWith, fail, result } = world(0);
    checksWith(() => Promise.reject(new Error('the count is lost')));
    await asked;
    fail(new Error('the dongle is gone'));
    await expect(result).rejects.toThrow('the dongle is gone');
  });
});
