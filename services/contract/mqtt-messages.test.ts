import { describe, expect, test } from 'vitest';
import { measurementSchema } from './measurement.ts';
import { pointMessageSchema, progressPct, toDataPoint } from './mqtt-messages.ts';
import { createTopics } from './mqtt-topics.ts';

const measurement = {
  seq: 1,
  row: 0,
  column: 0,
  setpoint: { azimuth: 0, elevation: 18 },
  readback: { azimuth: 0.1, elevation: 18 },
  mean_dbm: -91.6,
  std_db: 0.4,
  min_dbm: -92,
  max_dbm: -91,
  last_dbm: -0.2,
  reads: 10,
  integration_ms: 100,
  flags: [],
  measured_at: '2026-02-14T02:00:15.250Z',
  reference: null,
  median_dbm: null,
};

test('a data point has the published form', () => {
  expect(toDataPoint(measurement)).toStrictEqual({
    azimuth: 0.1,
    elevation: 18,
    rssi_reads: 10,
    rssi_average: -92,
    rssi_current: 0,
    measured_at: '2026-02-14T02:00:15',
  });
});

test.each([
  [0, 4320, 0],
  [531, 4320, 12.3],
  [4319, 4320, 99.9],
  [4320, 4320, 100],
])('%d of %d points are %d percent', (completed, total, percent) => {
  expect(progressPct(completed, total)).toBe(percent);
});

describe('a message from the broker', () => {
  const message = {
    session_id: 4,
    status: 'running',
    point: toDataPoint(measurement),
    progress_pct: 0.1,
    completed: 1,
    total: 1000,
    seq: 1,
    measurement,
  };

  test('is accepted if it is complete', () => {
    expect(pointMessageSchema.safeParse(message).success).toBe(true);
  });

  test('of an older version lacks references', () => {
    const { reference: _reference, median_dbm: _median, ...older } = measurement;
    expect(measurementSchema.parse(older)).toEqual(measurement);
  });

  test.each([
    ['another status', { status: 'failed' }],
    ['a session id that is not a number', { session_id: '4' }],
    ['a level that JSON cannot hold', { measurement: { ...measurement, mean_dbm: null } }],
    ['a seq of zero', { seq: 0 }],
    ['a missing point', { point: null }],
    ['an incomplete reference', { measurement: { ...measurement, reference: {} } }],
  ])('is refused with %s', (_, change) => {
    expect(pointMessageSchema.safeParse({ ...message, ...change }).success).toBe(false);
  });

  test('is refused if a number is not finite', () => {
    expect(measurementSchema.safeParse({ ...measurement, std_db: Infinity }).success).toBe(false);
  });
});

describe('topics', () => {
  const topics = createTopics('home/sky.scan');

  test.each([
    ['home/sky.scan/sessions/12/points', { sessionId: 12, leaf: 'points' }],
    ['home/sky.scan/sessions/12/status', { sessionId: 12, leaf: 'status' }],
    ['home/skyXscan/sessions/12/status', undefined],
    ['home/sky.scan/sessions/0/status', undefined],
    ['home/sky.scan/sessions/12/status/more', undefined],
  ])('%s is %o', (topic, session) => {
    expect(topics.parseSession(topic)).toEqual(session);
  });
});
