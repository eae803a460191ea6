import { expect, test } from 'vitest';
import { gaussianPair, seededRandom } from '../../../../test/support/samples.ts';
import { measurePattern } from './measure-pattern.ts';
import type { PatternScan } from './pattern.ts';

// A beam that is symmetric in no plane, seen by a mount with elevations from 0 to 180 degrees. Its
// geometry is computed by rotations here.

const SOURCE = { azimuthDeg: 20, elevationDeg: 0 };
const STEP_DEG = 5;

const rad = (deg: number) => (deg * Math.PI) / 180;

type Vector = readonly [right: number, forward: number, up: number];

/** The source for an antenna that is turned by an azimuth, and then raised by an elevation. */
function seenBy(azimuthDeg: number, elevationDeg: number): Vector {
  const [a, s] = [rad(SOURCE.azimuthDeg), rad(SOURCE.elevationDeg)];
  const [east, north, up] = [Math.cos(s) * Math.sin(a), Math.cos(s) * Math.cos(a), Math.sin(s)];
  const [sinA, cosA] = [Math.sin(rad(azimuthDeg)), Math.cos(rad(azimuthDeg))];
  const [right, ahead] = [east * cosA - north * sinA, east * sinA + north * cosA];
  const [sinE, cosE] = [Math.sin(rad(elevationDeg)), Math.cos(rad(elevationDeg))];
  return [right, ahead * cosE + up * sinE, up * cosE - ahead * sinE];
}

const lobe = (at: Vector, [x, y, z]: Vector, widthDeg: number) =>
  Math.exp(-4 * Math.LN2 * (Math.acos(Math.min(1, x * at[0] + y * at[1] + z * at[2])) / rad(widthDeg)) ** 2);

/** A side lobe of -10 dB at 50 degrees to the right, one of -14 dB at 45 degrees up. */
function gain(direction: Vector): number {
  const right: Vector = [Math.sin(rad(50)), Math.cos(rad(50)), 0];
  const up: Vector = [0, Math.cos(rad(45)), Math.sin(rad(45))];
  return (
    lobe([0, 1, 0], direction, 24) + 0.1 * lobe(right, direction, 24) + 0.04 * lobe(up, direction, 24) + 1e-4
  );
}

function scan(elevations: readonly [number, number], azimuths: readonly [number, number]): PatternScan {
  const random = seededRandom(3);
  const columns: number[][] = [[], [], []];
  for (let el = elevations[0]; el <= elevations[1]; el += STEP_DEG)
    for (let az = azimuths[0]; az <= azimuths[1]; az += STEP_DEG)
      [az, el, gain(seenBy(az, el)) * 10 ** (0.002 * gaussianPair(random)[0])].forEach((value, k) =>
        columns[k]?.push(value),
      );
  const [azimuthDeg, elevationDeg, level] = columns.map((column) => Float64Array.from(column));
  const count = level?.length ?? 0;
  return {
    azimuthDeg: azimuthDeg as Float64Array,
    elevationDeg: elevationDeg as Float64Array,
    sourceAzimuthDeg: new Float64Array(count).fill(SOURCE.azimuthDeg),
    sourceElevationDeg: new Float64Array(count).fill(SOURCE.elevationDeg),
    level: level as Float64Array,
    clipped: new Uint8Array(count),
  };
}

test('a mount that turns over measures the side lobes where the antenna has them', () => {
  const pattern = measurePattern(scan([0, 180], [0, 355]), { background: 0 });
  expect(pattern.coverage).toBeCloseTo(1, 2);
  const { azimuth, elevation } = pattern;
  expect(Math.abs((azimuth.hpbwDeg?.value ?? NaN) - 24)).toBeLessThan(0.5);
  expect(azimuth.after.sideLobe?.levelDb.value).toBeCloseTo(-10, 0);
  expect(Math.abs((azimuth.after.sideLobe?.angleDeg.value ?? NaN) - 50)).toBeLessThan(2);
  expect(azimuth.before.sideLobe?.levelDb.value ?? -40).toBeLessThan(-30);
  expect(Math.abs((elevation.after.sideLobe?.levelDb.value ?? NaN) + 14)).toBeLessThan(0.5);
  expect(Math.abs((elevation.after.sideLobe?.angleDeg.value ?? NaN) - 45)).toBeLessThan(2);
  expect(elevation.before.sideLobe?.levelDb.value ?? -40).toBeLessThan(-30);
  expect(Math.abs(pattern.squintDeg.azimuth.value)).toBeLessThan(0.3);
});
