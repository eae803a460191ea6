import { expect, test } from 'vitest';
import type { Anomaly } from '#contract/rest/anomalies';
import { anomalyRows, nextAnomaly } from './anomaly-rows.ts';
import { anomalyText, changeWithError, comparisonText, withDeadBand } from './anomaly-text.ts';

const anomaly = (number: number, change: Partial<Anomaly> = {}): Anomaly => ({
  id: number,
  session_id: 1,
  baseline_id: 1,
  number,
  kind: 'new',
  azimuth: 118.2,
  elevation: 12,
  azimuth_error_deg: 0.5,
  elevation_error_deg: 0.4,
  z: 20 / number,
  change_db: 6.1,
  change_error_db: 0.4,
  from: null,
  channels: [{ from_hz: 868_250_000, to_hz: 868_350_000 }],
  bandwidth_hz: 100_000,
  first_seen: '2026-03-01T00:00:00Z',
  last_seen: '2026-03-01T01:00:00Z',
  catalogue_id: null,
  name: null,
  is_known: false,
  candidates: [],
  ...change,
});

const FIRST = anomaly(1);
const ALL = [
  FIRST,
  anomaly(2, { kind: 'gone', z: -10, change_db: -3, is_known: true }),
  anomaly(3, { azimuth: -4, change_db: 0.5, z: 6 }),
];
const numbers = (list: readonly Anomaly[]) => list.map(({ number }) => number);

test.each([
  ['azimuth', false, [1, 2, 3]],
  ['z', false, [3, 2, 1]],
  ['change', true, [1, 3, 2]],
] as const)('sorts by %s, descending: %s', (by, isDescending, order) => {
  expect(numbers(anomalyRows(ALL, undefined, false, { by, isDescending }))).toEqual(order);
});

test('filters by kind and known', () => {
  const sort = { by: 'number', isDescending: false } as const;
  expect(numbers(anomalyRows(ALL, 'gone', false, sort))).toEqual([2]);
  expect(numbers(anomalyRows(ALL, undefined, true, sort))).toEqual([1, 3]);
});

test('steps through the changes and starts again', () => {
  expect(nextAnomaly(ALL, undefined, 1)).toBe(1);
  expect(nextAnomaly(ALL, undefined, -1)).toBe(3);
  expect(nextAnomaly(ALL, 3, 1)).toBe(1);
  expect(nextAnomaly([], 3, 1)).toBeUndefined();
});

test('a change in a few words', () => {
  expect(anomalyText(FIRST)).toBe('New: 118.2° ± 0.5° (ESE), 868.3 MHz, +6.1 ± 0.4 dB');
  expect(changeWithError(anomaly(1, { change_db: -3, change_error_db: null }))).toBe('\u22123.0 dB');
});

test('a comparison in a few words', () => {
  const comparison = {
    session_id: 1,
    baseline_id: 1,
    status: 'done' as const,
    problem: null,
    version: 1,
    bin: 'hour:13',
    sessions: 34,
    offset_db: -0.3,
    noise_scale: 1.1,
    anomalies: 0,
    requested_at: '2026-03-01T00:00:00Z',
    finished_at: null,
  };
  expect(comparisonText(comparison)).toBe(
    'With 34 sessions of 13:00 to 14:00, local time. Removed from the whole map: \u22120.30 dB. Scatter of z before it was scaled to 1: 1.10.',
  );
});

test('values within 2 sigma are neutral', () => {
  expect([...withDeadBand([0.5, -3, 1, NaN], [1.9, -2, NaN, NaN])]).toEqual([0, -3, 1, NaN]);
});
