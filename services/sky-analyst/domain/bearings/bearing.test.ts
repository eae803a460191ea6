import { expect, test } from 'vitest';
import { bearingSigmaDeg, wrappedDeg } from './bearing.ts';

test('classes A, B and C are 2, 5 and 10 degrees', () => {
  expect((['A', 'B', 'C', 3.5] as const).map(bearingSigmaDeg)).toEqual([2, 5, 10, 3.5]);
});

test('differences of azimuths are at most half a turn', () => {
  expect(wrappedDeg(359 - 2)).toBe(-3);
  expect(wrappedDeg(2 - 359)).toBe(3);
});
