import { expect, test } from 'vitest';
import { scheduleHealth, type RunOutcome } from './schedule-health.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = 1_000 * HOUR_MS;

const RUNS = {
  done: { status: 'started', sessionStatus: 'completed', sessionId: 1 },
  running: { status: 'started', sessionStatus: 'paused', sessionId: 2 },
  cancelled: { status: 'started', sessionStatus: 'cancelled', sessionId: 3 },
  deleted: { status: 'started', sessionStatus: null },
  failed: { status: 'failed', problem: 'Rotor not found' },
  busy: { status: 'skipped', problem: 'the rotor has a scan' },
  late: { status: 'skipped', problem: 'the next run is due: Cannot connect to scan-orchestrator' },
  quiet: { status: 'skipped', problem: 'quiet hours until 06:00' },
  changed: { status: 'skipped', problem: 'the schedule was changed: the rotor has a scan' },
  missed: { status: 'missed', missed: 1, problem: 'Sky Scan was not running' },
  missed4: { status: 'missed', missed: 4, problem: 'Sky Scan was not running' },
  waits: { status: 'waiting', dueMs: NOW_MS - 0.9 * HOUR_MS, problem: 'the rotor has a scan' },
  waitsLong: { status: 'waiting', dueMs: NOW_MS - 1.1 * HOUR_MS, problem: 'the rotor has a scan' },
} satisfies Record<string, Partial<RunOutcome>>;

function health(newestFirst: (keyof typeof RUNS)[]) {
  const none = { dueMs: NOW_MS, sessionStatus: null, sessionId: null, problem: null, missed: 0 };
  return scheduleHealth(
    newestFirst.map((name): RunOutcome => ({ ...none, ...RUNS[name] })),
    2,
    NOW_MS,
  );
}

test.each<[(keyof typeof RUNS)[], boolean, boolean]>([
  [[], false, false],
  [['done'], false, false],
  [['running'], false, false],
  [['deleted'], false, false],
  [['busy'], false, false],
  [['busy', 'late'], true, false],
  [['busy', 'done', 'late'], false, false],
  [['busy', 'running', 'late'], true, false],
  [['quiet', 'quiet', 'quiet'], false, false],
  [['busy', 'quiet', 'changed'], false, false],
  [['busy', 'quiet', 'busy'], true, false],
  [['missed'], false, false],
  [['missed4'], true, false],
  [['done', 'missed4'], false, false],
  [['waits', 'busy'], false, false],
  [['waitsLong', 'busy'], true, false],
  [['failed'], false, true],
  [['cancelled'], false, true],
  [['done', 'failed'], false, false],
  [['running', 'failed'], false, true],
  [['busy', 'failed', 'missed'], true, true],
  [['busy', 'cancelled', 'done', 'failed', 'missed4'], false, true],
])('%j: no data %s, failed %s', (runs, noData, scanFailed) => {
  const found = health(runs);
  expect([found.noData !== undefined, found.scanFailed !== undefined]).toEqual([noData, scanFailed]);
});

test('the reasons name what happened last, and how often', () => {
  expect(health(['late', 'missed4', 'done']).noData).toBe(
    '5 runs without data; the last one was skipped: the next run is due: Cannot connect to scan-orchestrator',
  );
  expect(health(['waitsLong', 'missed']).noData).toMatch(
    /the last one was not started: the rotor has a scan$/,
  );
  expect(health(['busy', 'failed', 'cancelled']).scanFailed).toEqual({
    reason: 'Rotor not found',
    sessionId: null,
  });
  expect(health(['cancelled']).scanFailed).toEqual({ reason: 'scan 3 was cancelled', sessionId: 3 });
});
