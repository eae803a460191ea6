import { expect, test } from 'vitest';
import { CHI_SQUARE_95_OF_2, chanceAbove } from './chi-square.ts';

// Tables of chi square, e.g. Abramowitz and Stegun 26.8.
test.each([
  [1, 3.8415, 0.05],
  [1, 10.8276, 0.001],
  [2, 5.9915, 0.05],
  [3, 7.8147, 0.05],
  [4, 13.2767, 0.01],
  [5, 15.0863, 0.01],
  [10, 18.307, 0.05],
  [11, 31.2641, 0.001],
])('with %d degrees of freedom, chi square exceeds %d with probability %d', (degrees, value, chance) => {
  expect(chanceAbove(value, degrees) / chance).toBeCloseTo(1, 3);
});

test('without degrees of freedom, every value is consistent', () => {
  expect(chanceAbove(0, 0)).toBe(1);
});

test('the limit of 95 % belongs to two degrees of freedom', () => {
  expect(chanceAbove(CHI_SQUARE_95_OF_2, 2)).toBeCloseTo(0.05, 9);
});
