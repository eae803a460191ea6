import { expect, test } from 'vitest';
import { studentQuantile } from '../statistics/student-t.ts';
import { anomalyThreshold } from './anomaly-threshold.ts';

test.each([
  [3, 5.9],
  [5, 5.6],
  [10, 5.3],
])('the limit of %d sessions is %d in a map of 4,320 cells', (sessions, limit) => {
  expect(anomalyThreshold(sessions, 4_320)).toBeCloseTo(limit, 1);
});

test('without pooled degrees of freedom few sessions would show nothing', () => {
  // 537, 37 and 10: why the spreads are moderated.
  const unpooled = (sessions: number) =>
    Math.sqrt(1 + 1 / sessions) * studentQuantile(0.01 / 4_320, sessions - 1);
  expect([3, 5, 10].map((sessions) => Math.round(unpooled(sessions)))).toEqual([537, 37, 10]);
});

test('more cells have a higher limit', () => {
  expect(anomalyThreshold(5, 100_000)).toBeGreaterThan(anomalyThreshold(5, 1_000) + 0.5);
});
