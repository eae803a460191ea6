import { expect, test } from 'vitest';
import { pendingSession } from '../domain/machine.ts';
import { ElapsedTime } from './elapsed-time.ts';
import type { SessionRecord } from './session-record.ts';

const START_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;

function setUp(record: Partial<SessionRecord> = {}) {
  const now = { monotonicMs: 0, unixMs: START_MS };
  const clock = { monotonicMs: () => now.monotonicMs, unixMs: () => now.unixMs };
  const full = { state: pendingSession(10, null), ...record } as SessionRecord;
  const pass = (ms: number) => {
    now.monotonicMs += ms;
    now.unixMs += ms;
  };
  return { record: full, clock, now, pass };
}

test('counts from the start to the end, whatever the clock shows', () => {
  const { record, clock, now, pass } = setUp();
  const elapsed = new ElapsedTime(record, clock);
  pass(5_000);
  expect(elapsed.ms).toBeNull();
  let before = record.state;
  record.state = { ...before, startedAtMs: now.unixMs };
  elapsed.count(before);
  pass(70_000);
  now.unixMs += 3 * HOUR_MS;
  expect(elapsed.ms).toBe(70_000);
  before = record.state;
  record.state = { ...before, finishedAtMs: now.unixMs };
  elapsed.count(before);
  pass(HOUR_MS);
  expect(elapsed.ms).toBe(70_000);
});

test('after a restart: what was counted and what was measured after that, without the time in between', () => {
  const { record, clock, pass } = setUp({
    state: { ...pendingSession(10, null), status: 'running', startedAtMs: START_MS - 5 * HOUR_MS },
    elapsedMs: 60_000,
    elapsedAtMs: START_MS - 4 * HOUR_MS,
    lastMeasuredAtMs: START_MS - 4 * HOUR_MS + 30_000,
  });
  const elapsed = new ElapsedTime(record, clock);
  pass(1_000);
  expect(elapsed.ms).toBe(91_000);
});

test('a record of an older version: what the clock says', () => {
  const started = { ...pendingSession(10, null), status: 'running' as const, startedAtMs: START_MS - 10_000 };
  const { record, clock } = setUp({ state: started });
  expect(new ElapsedTime(record, clock).ms).toBe(10_000);
});
