import { expect, test } from 'vitest';
import { levelAxisRange } from './chart-style.ts';

test.each([
  ['noise of 0.1 dB', -94.6, -94.5, -96.05, -93.05],
  ['one level', -90, -90, -91.5, -88.5],
  ['3 dB', -93, -90, -93.24, -89.76],
  ['a source', -98, -78, -99.6, -76.4],
])('the axis of %s', (_what, min, max, from, to) => {
  const [low, high] = levelAxisRange(min, max);
  expect(low).toBeCloseTo(from, 6);
  expect(high).toBeCloseTo(to, 6);
});

test('no levels give no range', () => {
  expect(levelAxisRange(null, null)).toEqual([null, null]);
});
