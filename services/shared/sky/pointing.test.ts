import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { azimuthOnCircleDeg, limitsFor, outsideLimits, separationDeg, shownAzimuthDeg } from './pointing.ts';

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

describe('an azimuth in 0..360', () => {
  test.each([
    [0, 0],
    [0.1, 0.1],
    [359.9, 359.9],
    [360, 0],
    [-10, 350],
    [-360, 0],
    [730, 10],
    // Rounding yields 360, and a number below 0.
    [-1e-14, 0],
    [-Number.MIN_VALUE, 0],
  ])('of %d is %d', (deg, onCircleDeg) => {
    expect(azimuthOnCircleDeg(deg)).toBe(onCircleDeg);
  });

  test('differs from the azimuth by full turns and leaves an azimuth of the circle unchanged', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e4, max: 1e4, noNaN: true }), (deg) => {
        const onCircleDeg = azimuthOnCircleDeg(deg);
        expect(onCircleDeg).toBeGreaterThanOrEqual(0);
        expect(onCircleDeg).toBeLessThan(360);
        expect(Math.abs(Math.sin(((deg - onCircleDeg) / 360) * Math.PI))).toBeLessThan(1e-9);
        expect(azimuthOnCircleDeg(onCircleDeg)).toBe(onCircleDeg);
      }),
    );
  });

  test.each([
    [370.1, 10.1],
    [359.99999999, 0],
    [-0.1, 359.9],
    [0.1 + 0.2, 0.3],
  ])('is shown as a short number: %d as %d', (deg, shownDeg) => {
    expect(shownAzimuthDeg(deg)).toBe(shownDeg);
  });
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
