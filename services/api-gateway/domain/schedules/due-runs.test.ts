import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dueRuns, MAX_LATENESS_MS, untilEnd, type ScheduleState } from './due-runs.ts';
import { firingsOf, type NextFiring } from './trigger.ts';

const HOUR = 3_600_000;
const hourly: NextFiring = (afterMs) => (Math.floor(afterMs / HOUR) + 1) * HOUR;
const at = (hours: number): ScheduleState => ({ nextMs: hours * HOUR, checkedMs: 0 });

test.each([
  ['not due yet', 'none', 5, 4.9, { due: undefined, missed: undefined, next: 5 }],
  ['due', 'none', 5, 5, { due: 5, missed: undefined, next: 6 }],
  ['a little late', 'none', 5, 5 + MAX_LATENESS_MS / HOUR, { due: 5, missed: undefined, next: 6 }],
  ['missed', 'none', 5, 5.5, { due: undefined, missed: { last: 5, count: 1 }, next: 6 }],
  ['several missed', 'none', 5, 8.5, { due: undefined, missed: { last: 8, count: 4 }, next: 9 }],
  ['several missed, the last one due', 'none', 5, 8, { due: 8, missed: { last: 7, count: 3 }, next: 9 }],
  ['catch up with one', 'latest', 5, 5.5, { due: 5, missed: undefined, next: 6 }],
  ['catch up with the latest', 'latest', 5, 8.5, { due: 8, missed: { last: 7, count: 3 }, next: 9 }],
] as const)('%s', (_, catchUp, next, now, expected) => {
  const found = dueRuns(hourly, catchUp, at(next), now * HOUR);
  expect({
    due: found.dueMs === undefined ? undefined : found.dueMs / HOUR,
    missed: found.missed && { last: found.missed.lastMs / HOUR, count: found.missed.count },
    next: (found.next.nextMs ?? 0) / HOUR,
  }).toEqual(expected);
  expect(found.next.checkedMs).toBe(now * HOUR);
});

test('a clock that is set back does not delay the next run', () => {
  const ahead = dueRuns(hourly, 'none', at(5), 1_000_000 * HOUR);
  expect(ahead.next.nextMs).toBe(1_000_001 * HOUR);
  const back = dueRuns(hourly, 'none', ahead.next, 5.5 * HOUR);
  expect(back).toMatchObject({ dueMs: undefined, missed: undefined, next: { nextMs: 6 * HOUR } });
});

test('nothing is due after the end', () => {
  const next = untilEnd(hourly, new Date(6 * HOUR).toISOString());
  expect(dueRuns(next, 'none', at(6), 6 * HOUR)).toMatchObject({
    dueMs: 6 * HOUR,
    next: { nextMs: undefined },
  });
  expect(dueRuns(next, 'none', { nextMs: undefined, checkedMs: 0 }, 9 * HOUR).dueMs).toBeUndefined();
});

test('each firing of a week is due or missed exactly once, whenever somebody looks', () => {
  const looks = fc.array(fc.integer({ min: 1, max: 12 * HOUR }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(looks, fc.constantFrom('none', 'latest'), (steps, catchUp) => {
      let state = at(1);
      let now = 0;
      let seen = 0;
      for (const step of steps) {
        now += step;
        const found = dueRuns(hourly, catchUp, state, now);
        seen += (found.dueMs === undefined ? 0 : 1) + (found.missed?.count ?? 0);
        state = found.next;
      }
      expect(seen).toBe(Math.floor(now / HOUR));
    }),
  );
});

test('after years of absence the look is quick: at most a week is counted', () => {
  let calls = 0;
  const surroundings = { timeZone: 'Europe/Berlin', createdMs: 0, place: undefined };
  const minutely = firingsOf({ kind: 'cron', expression: '* * * * *' }, surroundings);
  const counted: NextFiring = (afterMs) => {
    calls++;
    return minutely(afterMs);
  };
  const nowMs = Date.UTC(2027, 5, 1);
  const found = dueRuns(counted, 'latest', { nextMs: Date.UTC(2022, 0, 1), checkedMs: 0 }, nowMs);
  expect(found.dueMs).toBe(nowMs);
  expect(calls).toBeLessThan(7 * 24 * 60 + 5);
});
