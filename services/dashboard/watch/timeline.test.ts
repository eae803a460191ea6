import { expect, test } from 'vitest';
import type { Alert } from '#contract/rest/alerts';
import { DAYS, daysOf, dayText, floorOf, ordinal, reportsOf } from './timeline.ts';

const NOW_MS = new Date(2026, 10, 30, 15).getTime();
const DAY_MS = 86_400_000;

const FAILED = { status: 'failed' as const, session_id: null, problem: 'it failed' };
type Outcome = number | null | 'failed' | 'missed' | 'skipped';

/** One run per day, the newest first: the number of its anomalies, null: not compared. */
function watched(...outcomes: Outcome[]) {
  const runs = outcomes.map((outcome, n) => {
    const isStarted = typeof outcome !== 'string';
    return {
      status: isStarted ? ('started' as const) : outcome,
      due_at: new Date(NOW_MS - n * DAY_MS).toISOString(),
      session_id: isStarted ? 100 - n : null,
      problem: isStarted ? null : `it ${outcome}`,
    };
  });
  const members = outcomes.flatMap((outcome, n) =>
    typeof outcome === 'string'
      ? []
      : [
          {
            session_id: 100 - n,
            status: 'included' as const,
            anomalies: outcome,
            offset_db: outcome === null ? null : n / 10,
            reason: outcome === null ? 'has too few sessions' : null,
          },
        ],
  );
  return { runs, members };
}

const ALERT: Alert = {
  id: 1,
  rule_id: 1,
  schedule_id: 1,
  kind: 'new',
  status: 'open',
  title: 'New source',
  reason: null,
  azimuth: 118,
  elevation: 12,
  z: 9,
  change_db: 6,
  channels: [],
  source: null,
  session_id: 100,
  baseline_id: 1,
  anomaly_id: 1,
  catalogue_id: null,
  sessions_seen: 2,
  raised_at: new Date(NOW_MS - 3_600_000).toISOString(),
  last_seen_at: new Date(NOW_MS).toISOString(),
  acknowledged_at: null,
  note: null,
  silent_until: null,
  cleared_at: null,
};

const report = (given: ReturnType<typeof watched>, ...alerts: Alert[]) =>
  reportsOf({ ...given, alerts, nowMs: NOW_MS });

test('a day shows the worst of its runs; a failure is never quiet', () => {
  const { runs, members } = watched(0, 2, 'failed', 'missed', null, 0);
  // Two more runs of the days of the failure and of the change.
  const [, changed, failed] = runs;
  const also = [
    { ...changed, ...FAILED },
    { ...failed, status: 'started' as const, session_id: 100, problem: null },
  ].map((run) => ({ due_at: '', ...run }));
  const days = daysOf([...runs, ...also], members, NOW_MS).toReversed();
  expect(days).toHaveLength(DAYS);
  expect(days.slice(0, 7).map(({ state }) => state)).toEqual([
    'quiet',
    'changed',
    'failed',
    'none',
    'scanned',
    'quiet',
    'none',
  ]);
  expect(days.slice(0, 4).map(dayText)[1]).toBe('29 Nov 2026: changed, 1 scan, 2 changes, it failed');
  expect(days.slice(0, 4).map(dayText)[3]).toBe('27 Nov 2026: no scan, it missed');
});

test('counts the scans without changes in a row, over those that were skipped', () => {
  expect(report(watched(0, 'skipped', 0, 0, 3, 0))).toEqual([{ kind: 'quiet', inARow: 3 }]);
  expect(report(watched(null, 0, 0, 'missed', 0))).toEqual([{ kind: 'quiet', inARow: 2 }]);
});

test('without data, after a failure or a change it is not quiet', () => {
  expect(report(watched())).toEqual([{ kind: 'no_data', problem: undefined, alertId: undefined }]);
  expect(report(watched('missed', 0))).toEqual([
    { kind: 'no_data', problem: 'it missed', alertId: undefined },
  ]);
  expect(report(watched('failed', 0))).toEqual([
    { kind: 'scan_failed', problem: 'it failed', alertId: undefined },
  ]);
  expect(report(watched(2, 0))).toEqual([{ kind: 'unraised', sessionId: 100, changes: 2 }]);
  expect(report(watched(null))).toEqual([{ kind: 'waiting', problem: 'has too few sessions' }]);
  const late = { ...ALERT, kind: 'no_data' as const, reason: 'no scan for 9 h' };
  expect(report(watched(0), late)).toEqual([{ kind: 'no_data', problem: 'no scan for 9 h', alertId: 1 }]);
});

test('open alerts are changes; acknowledged and silent ones are not', () => {
  expect(report(watched(1, 0), ALERT)).toEqual([{ kind: 'changed', alerts: [ALERT] }]);
  expect(report(watched('failed', 1), ALERT).map(({ kind }) => kind)).toEqual(['scan_failed', 'changed']);
  const silent = { ...ALERT, silent_until: new Date(NOW_MS + DAY_MS).toISOString() };
  for (const handled of [silent, { ...ALERT, status: 'acknowledged' as const }])
    expect(report(watched(1, 0), handled)).toEqual([{ kind: 'handled', changes: 1 }]);
});

test('the floor is the median of the baseline with the offsets of the sessions', () => {
  const { members } = watched(0, 0, 0, 0, 0, 0);
  const floor = floorOf([-93, NaN, -92, -50], members);
  expect(floor).toEqual({ now: -92, low: -92, high: -91.5 });
  expect(floorOf([-93], members.slice(0, 4))).toBeUndefined();
  expect(floorOf([NaN], members)).toBeUndefined();
});

test.each([
  [1, '1st'],
  [2, '2nd'],
  [3, '3rd'],
  [11, '11th'],
  [112, '112th'],
  [214, '214th'],
  [222, '222nd'],
])('%d is %s', (n, text) => expect(ordinal(n)).toBe(text));
