import { describe, expect, test } from 'vitest';
import { limitsFor, outsideLimits, separationDeg } from './pointing.ts';

const limits = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 5, elMaxDeg: 90 };
const at = (azimuthDeg: number, elevationDeg: number) => ({ azimuthDeg, elevationDeg });

describe('limits', () => {
  test.each([
    [at(451, 30), 'azimuth 451 deg is outside -180..450 deg'],
    [at(0, 4.99), 'elevation 4.99 deg is outside 5..90 deg'],
    [at(NaN, 30), 'azimuth NaN deg is not a finite number'],
    [at(0, Infinity), 'elevation Infinity deg is not a finite number'],
  ])('%o: %s', (pointing, message) => {
    expect(outsideLimits(pointing, limits)).toBe(message);
  });

  test('include their ends and tolerate rounding', () => {
    expect(outsideLimits(at(450, 90), limits)).toBeUndefined();
    expect(outsideLimits(at(-180 - 1e-12, 5 - 1e-12), limits)).toBeUndefined();
  });
});

test.each([
  [at(0, 0), at(90, 0), 90],
  [at(10, 60), at(370, 60), 0],
  [at(0, 90), at(123, 80), 10],
  [at(0, 60), at(1, 60), 0.5],
])('the separation of %o and %o is %d degrees', (a, b, deg) => {
  expect(separationDeg(a, b)).toBeCloseTo(deg, 3);
});

describe('the limits for a target', () => {
  const configured = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 5, elMaxDeg: 90 };
  const target = { azimuthDeg: 10, elevationDeg: 20 };
  const park = { azimuthDeg: 0, elevationDeg: 0 };
  const reported = { azMinDeg: 0, azMaxDeg: 360, elMinDeg: 0, elMaxDeg: 80 };

  test('are the intersection of configured and reported travel', () => {
    expect(limitsFor(target, { limits: configured, park }, reported)).toEqual({
      azMinDeg: 0,
      azMaxDeg: 360,
      elMinDeg: 5,
      elMaxDeg: 80,
    });
    expect(limitsFor(target, { limits: configured, park }, undefined)).toEqual(configured);
  });

  test('allow parking below the configured minimum, inside the reported travel', () => {
    expect(limitsFor(park, { limits: configured, park }, undefined).elMinDeg).toBe(0);
    expect(limitsFor(park, { limits: configured, park }, { ...reported, elMinDeg: 2 }).elMinDeg).toBe(2);
  });
});
