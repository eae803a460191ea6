import { describe, expect, test } from 'vitest';
import { outsideLimits, separationDeg } from './pointing.ts';

const limits = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 5, elMaxDeg: 90 };
const at = (azimuthDeg: number, elevationDeg: number) => ({ azimuthDeg, elevationDeg });

describe('limits', () => {
  test.each([
    [at(451, 30), 'azimuth 451 deg is outside -180..450 deg'],
    [at(0, 4.99), 'elevation 4.99 deg is outside 5..90 deg'],
    [at(NaN, 30), 'azimuth NaN deg is not a finite number'],
    [at(0, Infinity), 'elevation Infinity deg is not a finite number'],
  ])('%o: %s', (pointing, why) => {
    expect(outsideLimits(pointing, limits)).toBe(why);
  });

  test('include their ends and the rounding of a grid', () => {
    expect(outsideLimits(at(450, 90), limits)).toBeUndefined();
    expect(outsideLimits(at(-180 - 1e-12, 5 - 1e-12), limits)).toBeUndefined();
  });
});

test.each([
  [at(0, 0), at(90, 0), 90],
  [at(10, 60), at(370, 60), 0],
  [at(0, 90), at(123, 80), 10],
  [at(0, 60), at(1, 60), 0.5],
])('between %o and %o lie %d degrees of sky', (a, b, deg) => {
  expect(separationDeg(a, b)).toBeCloseTo(deg, 3);
});
