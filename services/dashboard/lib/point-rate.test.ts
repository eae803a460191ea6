import { expect, test } from 'vitest';
import { createPointRate } from './point-rate.ts';

test('the rate covers the latest points only', () => {
  const pointRate = createPointRate();
  for (let i = 0; i < 100; i++) pointRate.add(i * 10_000);
  for (let i = 0; i < 60; i++) pointRate.add(1_000_000 + i * 500);
  expect(pointRate.perSecond(1_030_000)).toBeCloseTo(2, 9);
});

test('the rate is unknown for fewer than three points, simultaneous points or old points', () => {
  const pointRate = createPointRate();
  pointRate.add(0);
  pointRate.add(1_000);
  expect(pointRate.perSecond(1_000)).toBeUndefined();
  pointRate.add(2_000);
  expect(pointRate.perSecond(2_000)).toBe(1);
  expect(pointRate.perSecond(70_000)).toBeUndefined();
  const burst = createPointRate();
  for (let i = 0; i < 5; i++) burst.add(7);
  expect(burst.perSecond(7)).toBeUndefined();
});
