import { expect, test } from 'vitest';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { sunBeside } from './sun-beam.ts';

const SITE = { latitudeDeg: 52.5, longitudeDeg: 13.4 };
const SUNRISE_MS = Date.parse('2026-03-22T05:10:00Z');
const NIGHT_MS = Date.parse('2026-03-22T00:00:00Z');
const sun = createSunAndMoon(SITE).sun(SUNRISE_MS);

const above = (elevationDeg: number, atMs = SUNRISE_MS, beamWidthDeg = 10) =>
  sunBeside(
    {
      azimuthDeg: sun.azimuthDeg,
      elevationDeg: sun.elevationDeg + elevationDeg,
      firstMs: atMs,
      lastMs: atMs,
    },
    SITE,
    beamWidthDeg,
  );

test('the beam of the Sun, which is below the map, explains a change', () => {
  const beside = above(8);
  expect(beside?.beamWidths).toBeCloseTo(0.8, 2);
  expect(beside?.chance).toBeLessThan(0.1);
});

test.each([
  ['beyond two beam widths', 20.2, 10],
  ['of a wide beam beyond 25 degrees', 25.2, 30],
])('nothing %s', (_, distanceDeg, beamWidthDeg) => {
  expect(above(distanceDeg, SUNRISE_MS, beamWidthDeg)).toBeUndefined();
  expect(above(distanceDeg - 1, SUNRISE_MS, beamWidthDeg)?.chance).toBeLessThan(0.1);
});

test('nothing at night', () => {
  expect(above(0, NIGHT_MS)).toBeUndefined();
});
