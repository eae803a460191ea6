import { expect, test } from 'vitest';
import { pendingSession, type SessionState } from '../domain/session-state.ts';
import { createElapsedTime } from './elapsed-time.ts';
import { RecordWriter } from './record-writer.ts';
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
  return { writer: new RecordWriter(full), clock, now, pass };
}

function runningSince(startedAtMs: number): SessionState {
  return { ...pendingSession(10, null), status: 'running', startedAtMs, activity: { phase: 'parking' } };
}

test('counts from the start to the end, whatever the clock shows', () => {
  const { writer, clock, now, pass } = setUp();
  const elapsed = createElapsedTime(writer, clock);
  pass(5_000);
  expect(elapsed.ms).toBeNull();
  const pending = writer.record.state;
  const { remaining, userNotes, noteParts } = pending;
  const common = { remaining, userNotes, noteParts, startedAtMs: now.unixMs };
  const running: SessionState = { ...common, status: 'running', activity: { phase: 'parking' } };
  writer.setState(running);
  elapsed.count(pending);
  pass(70_000);
  now.unixMs += 3 * HOUR_MS;
  expect(elapsed.ms).toBe(70_000);
  writer.setState({ ...common, status: 'completed', activity: { phase: 'idle' }, finishedAtMs: now.unixMs });
  elapsed.count(running);
  pass(HOUR_MS);
  expect(elapsed.ms).toBe(70_000);
});

test('after a restart continues from the record and the last point, without the downtime', () => {
  const { writer, clock, pass } = setUp({
    state: runningSince(START_MS - 5 * HOUR_MS),
    elapsedMs: 60_000,
    elapsedAtMs: START_MS - 4 * HOUR_MS,
    lastMeasuredAtMs: START_MS - 4 * HOUR_MS + 30_000,
  });
  const elapsed = createElapsedTime(writer, clock);
  pass(1_000);
  expect(elapsed.ms).toBe(91_000);
});

test('uses the wall clock for a record of an older version', () => {
  const { writer, clock } = setUp({ state: runningSince(START_MS - 10_000) });
  expect(createElapsedTime(writer, clock).ms).toBe(10_000);
});
