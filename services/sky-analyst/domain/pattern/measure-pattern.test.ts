import { expect, test } from 'vitest';
import {
  ANALYTIC,
  analyticGain,
  scanOver,
  type FixedScan,
} from '../../../../test/support/analytic-antenna.ts';
import { vectorOf, type Vector } from '../finder/sphere.ts';
import { antennaVector } from './antenna-frame.ts';
import type { Figure } from './figure.ts';
import { measurePattern } from './measure-pattern.ts';

/** Right, forward, up of an axis 3 degrees to the right and 2 degrees up. */
const AXIS: Vector = vectorOf(3, 2);
const WHOLE: FixedScan = {
  gainAt: analyticGain(AXIS),
  source: { azimuthDeg: 350, elevationDeg: 0 },
  azimuths: [0, 355],
  elevations: [0, 175],
  stepDeg: 5,
  noiseDb: 0.05,
};
/** A beam of 4 by 6 degrees, its major axis 30 degrees from right to up. */
const TILT = Math.PI / 6;
const elliptical = ([x, , z]: Vector) => {
  const [major, minor] = [x * Math.cos(TILT) + z * Math.sin(TILT), z * Math.cos(TILT) - x * Math.sin(TILT)];
  const [a, b] = [((6 * Math.PI) / 180) ** 2, ((4 * Math.PI) / 180) ** 2];
  return Math.exp(-4 * Math.LN2 * (major ** 2 / a + minor ** 2 / b));
};
const NARROW: FixedScan = {
  gainAt: elliptical,
  source: { azimuthDeg: 0, elevationDeg: 40 },
  azimuths: [-26, 26],
  elevations: [20, 60],
  stepDeg: 1,
  noiseDb: 0.05,
  background: 0.1,
};

function expectWithin(figure: Figure | undefined, expected: number, sigmas = 4): void {
  expect(Math.abs((figure?.value ?? NaN) - expected)).toBeLessThan(sigmas * (figure?.sigma ?? NaN));
}

test('antenna coordinates: a source to the right of and above the axis is there', () => {
  const [right, forward, up] = antennaVector(vectorOf(100, 0), 90, 0);
  expect(right).toBeCloseTo(Math.sin(Math.PI / 18), 12);
  expect(forward).toBeCloseTo(Math.cos(Math.PI / 18), 12);
  expect(up).toBeCloseTo(0, 12);
  expect(antennaVector(vectorOf(90, 25), 90, 20)[2]).toBeCloseTo(Math.sin(Math.PI / 36), 12);
  // Turned over, up is down.
  expect(antennaVector(vectorOf(270, 5), 90, 180)[2]).toBeCloseTo(-Math.sin(Math.PI / 36), 12);
});

test('the figures of an antenna that was scanned over the whole sphere are exact within their sigmas', () => {
  const pattern = measurePattern(scanOver(WHOLE), { background: 0 });
  expect(pattern.coverage).toBeCloseTo(1, 6);
  expectWithin(pattern.directivityDbi, ANALYTIC.directivityDbi);
  expect(Math.abs(pattern.directivityDbi.value - ANALYTIC.directivityDbi)).toBeLessThan(0.05);
  expectWithin(pattern.azimuth.hpbwDeg, ANALYTIC.hpbwDeg);
  expectWithin(pattern.elevation.hpbwDeg, ANALYTIC.hpbwDeg);
  expect(pattern.azimuth.hpbwDeg?.sigma).toBeLessThan(0.5);
  expectWithin(pattern.frontToBackDb.opposite, ANALYTIC.frontToBackDb);
  expectWithin(pattern.squintDeg.azimuth, 3);
  expectWithin(pattern.squintDeg.elevation, 2);
  expect(pattern.ellipse?.orientationDeg).toBeUndefined();
  // The only other lobe is the one behind.
  expectWithin(pattern.azimuth.after.sideLobe?.levelDb, -ANALYTIC.frontToBackDb);
  expectWithin(pattern.azimuth.after.sideLobe?.angleDeg, 180);
  expect(pattern.warnings).toEqual([]);
});

test('an elliptical beam, its background and its direction are measured in a small scan', () => {
  const pattern = measurePattern(scanOver(NARROW));
  expect(pattern.background?.isFound).toBe(true);
  expect((pattern.background?.level ?? NaN) / 0.1).toBeCloseTo(1, 2);
  expectWithin(pattern.ellipse?.majorDeg, 6);
  expectWithin(pattern.ellipse?.minorDeg, 4);
  expectWithin(pattern.ellipse?.orientationDeg, 30);
  expectWithin(pattern.squintDeg.azimuth, 0);
  expect(pattern.directivityDbi.isUpperBound).toBe(true);
  expect(pattern.warnings.map(({ code }) => code)).toEqual(['coverage']);
});

test('the width of the source is removed from the width of the beam', () => {
  const wide = measurePattern(scanOver(NARROW), { sourceWidthDeg: 3 });
  const [raw, corrected] = [6, Math.sqrt(6 ** 2 - (0.589 * 3) ** 2)];
  expectWithin(wide.ellipse?.majorDeg, corrected);
  expect(raw - corrected).toBeGreaterThan(0.25);
  expect(wide.warnings.map(({ code }) => code)).toContain('source_width');
});

test('steps that are too wide, clipped points and a near source cause warnings', () => {
  const scan = scanOver({ ...NARROW, stepDeg: 4, azimuths: [-40, 40], elevations: [10, 70] });
  scan.clipped[3] = 1;
  const codes = measurePattern(scan, { diameterM: 3, wavelengthM: 0.2, distanceM: 80 }).warnings.map(
    ({ code }) => code,
  );
  expect(codes).toEqual(expect.arrayContaining(['step', 'clipped', 'near_field']));
});

test('levels that fall with the distance from the beam are not taken for the background', () => {
  const pattern = measurePattern(scanOver(WHOLE));
  expect(pattern.background?.isFound).toBe(false);
  expect(pattern.warnings.map(({ code }) => code)).toContain('background_unknown');
  expectWithin(pattern.azimuth.hpbwDeg, ANALYTIC.hpbwDeg);
});

test('a scan that does not meet the source, or has few points, is refused', () => {
  const beside = scanOver({ ...NARROW, azimuths: [40, 90], elevations: [20, 60], background: 0.1 });
  expect(() => measurePattern(beside)).toThrow(expect.objectContaining({ kind: 'wrong_state' }));
  const few = scanOver({ ...NARROW, stepDeg: 10 });
  expect(() => measurePattern(few)).toThrow(/a pattern needs 60/);
  expect(() => measurePattern(scanOver(NARROW), { diameterM: -1 })).toThrow(
    expect.objectContaining({ kind: 'invalid' }),
  );
});
