import { describe, expect, it, test } from 'vitest';
import type { Keep } from '#contract/rest/schedules';
import { sessionsToDelete, type ScheduledSession } from './housekeeping.ts';

const session = (id: number, at: string, more: Partial<ScheduledSession> = {}): ScheduledSession => ({
  id,
  atMs: Date.parse(at),
  status: 'completed',
  isNeeded: false,
  ...more,
});
/** Three completed sessions a day, with ids from 1, at 03:00, 11:00 and 19:00 UTC. */
const days = (count: number, from = '2027-01-01T03:00:00Z') =>
  Array.from({ length: 3 * count }, (_, n) =>
    session(n + 1, new Date(Date.parse(from) + n * 8 * 3_600_000).toISOString()),
  );
const deleted = (sessions: ScheduledSession[], keep: Keep, zone = 'UTC') =>
  sessionsToDelete(sessions, keep, zone);

describe('what a schedule does not keep', () => {
  test.each<[string, ScheduledSession[], Keep, number[]]>([
    ['nothing while there are at most n', days(1), { last: 3, then: null }, []],
    ['all before the last n', days(2), { last: 4, then: null }, [1, 2]],
    ['all but the first of each day before the last n', days(3), { last: 4, then: 'one_per_day' }, [2, 3, 5]],
    ['none of no sessions', [], { last: 1, then: null }, []],
    [
      'no session that has not ended, however old',
      [session(1, '2027-01-01T00:00:00Z', { status: 'paused' }), ...days(2).slice(1)],
      { last: 1, then: null },
      [2, 3, 4, 5],
    ],
    [
      'no session that a baseline needs',
      days(2).map((each) => ({ ...each, isNeeded: each.id === 2 })),
      { last: 1, then: null },
      [1, 3, 4, 5],
    ],
    [
      'nothing because of cancelled sessions, however many',
      [
        session(1, '2027-01-01T00:00:00Z'),
        ...[2, 3, 4].map((n) => session(n, `2027-01-0${n}T00:00:00Z`, { status: 'cancelled' })),
      ],
      { last: 1, then: null },
      [],
    ],
    [
      'cancelled ones before the last n; they are not the first of a day',
      [
        session(1, '2027-01-01T00:00:00Z', { status: 'cancelled' }),
        session(2, '2027-01-01T01:00:00Z'),
        session(3, '2027-01-02T01:00:00Z'),
      ],
      { last: 1, then: 'one_per_day' },
      [1],
    ],
  ])('%s', (_, sessions, keep, expected) => {
    expect(deleted(sessions, keep)).toEqual(expected);
    expect(deleted(sessions.toReversed(), keep)).toEqual(expected);
  });

  it('keeps the first of each week from Monday, and of each month', () => {
    // Monday, 28 December 2026, to Sunday, 7 February 2027.
    const six = Array.from({ length: 42 }, (_, n) =>
      session(n + 1, new Date(Date.UTC(2026, 11, 28, 12) + n * 86_400_000).toISOString()),
    );
    const kept = (then: Keep['then']) => {
      const gone = new Set(deleted(six, { last: 1, then }));
      return six.filter(({ id }) => !gone.has(id)).map(({ id }) => id);
    };
    expect(kept('one_per_week')).toEqual([1, 8, 15, 22, 29, 36, 42]);
    // 28 December, 1 January, 1 February, and the newest.
    expect(kept('one_per_month')).toEqual([1, 5, 36, 42]);
  });

  test.each([
    // 23 hours: 27 March 23:00 UTC is already the 28th in Berlin, 28 March 22:00 UTC the 29th.
    ['2027-03-27T23:00:00Z', '2027-03-28T21:59:59Z', '2027-03-28T22:00:00Z'],
    // 25 hours.
    ['2027-10-30T22:00:00Z', '2027-10-31T22:59:59Z', '2027-10-31T23:00:00Z'],
  ])('a day of a change of the clocks in the zone of the schedule: %s', (first, last, next) => {
    const sessions = [
      session(1, first),
      session(2, last),
      session(3, next),
      session(4, '2028-01-01T00:00:00Z'),
    ];
    expect(deleted(sessions, { last: 1, then: 'one_per_day' }, 'Europe/Berlin')).toEqual([2]);
  });

  it('decides the same again after the deletion', () => {
    const keep = { last: 4, then: 'one_per_day' } as const;
    const gone = new Set(deleted(days(30), keep));
    expect(gone.size).toBeGreaterThan(50);
    expect(
      deleted(
        days(30).filter(({ id }) => !gone.has(id)),
        keep,
      ),
    ).toEqual([]);
  });
});
