import { expect, test } from 'vitest';
import { createPace } from './pace.ts';

test('the pace of the latest points, whatever it was before', () => {
  const pace = createPace();
  for (let i = 0; i < 100; i++) pace.add(i * 10_000);
  for (let i = 0; i < 60; i++) pace.add(1_000_000 + i * 500);
  expect(pace.perSecond(1_030_000)).toBeCloseTo(2, 9);
});

test('no pace of two points, of points of one instant, or of points of long ago', () => {
  const pace = createPace();
  pace.add(0);
  pace.add(1_000);
  expect(pace.perSecond(1_000)).toBeUndefined();
  pace.add(2_000);
  expect(pace.perSecond(2_000)).toBe(1);
  expect(pace.perSecond(70_000)).toBeUndefined();
  const burst = createPace();
  for (let i = 0; i < 5; i++) burst.add(7);
  expect(burst.perSecond(7)).toBeUndefined();
});
