import { expect, test } from 'vitest';
import { maskDb } from './mask.ts';

const MASK = [
  { angleDeg: 5, gainDb: -12 },
  { angleDeg: 15, gainDb: -32 },
  { angleDeg: 90, gainDb: -40 },
];

test.each([
  [0, undefined],
  [4.9, undefined],
  [5, -12],
  [10, -22],
  [15, -32],
  [52.5, -36],
  [90, -40],
  [180, -40],
])('the limit at %d deg', (angleDeg, expected) => {
  const limit = maskDb(MASK, angleDeg);
  if (expected === undefined) expect(limit).toBeUndefined();
  else expect(limit).toBeCloseTo(expected, 9);
});

test('a single point limits all angles from it on', () => {
  expect(maskDb([{ angleDeg: 30, gainDb: -20 }], 29)).toBeUndefined();
  expect(maskDb([{ angleDeg: 30, gainDb: -20 }], 120)).toBe(-20);
});
