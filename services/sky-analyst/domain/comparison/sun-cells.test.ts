import { expect, test } from 'vitest';
import { separationDeg } from '#shared/sky/pointing';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { degToRad } from '#shared/sky/units';
import { vectorsOf } from '../finder/sphere.ts';
import { cellsNearSun, createIsNearSun } from './sun-cells.ts';

const SITE = { latitudeDeg: 52.5, longitudeDeg: 13.4 };
const NOON_MS = Date.parse('2026-03-22T11:00:00Z');
const BEAM_DEG = 10;
const azimuthDeg = Float64Array.from({ length: 36 * 9 }, (_, k) => 10 * (k % 36));
const elevationDeg = Float64Array.from({ length: 36 * 9 }, (_, k) => 10 * Math.floor(k / 36));
const vectors = vectorsOf(azimuthDeg, elevationDeg);
const isNearSun = createIsNearSun(SITE, degToRad(BEAM_DEG));
const near = (timeMs: (cell: number) => number) =>
  cellsNearSun(vectors, Float64Array.from(azimuthDeg.keys(), timeMs), isNearSun);

test('two beam widths around the Sun where it was when the cell was measured', () => {
  // Six hours, from one row to the next.
  const time = (cell: number) => NOON_MS + Math.floor(cell / 36) * 40 * 60_000;
  const { sun } = createSunAndMoon(SITE);
  const distance = (cell: number) =>
    separationDeg(sun(time(cell)), {
      azimuthDeg: azimuthDeg[cell] as number,
      elevationDeg: elevationDeg[cell] as number,
    });
  const found = near(time);
  expect(found.length).toBeGreaterThan(5);
  for (const cell of azimuthDeg.keys())
    if (Math.abs(distance(cell) - 2 * BEAM_DEG) > 0.3)
      expect([cell, found.includes(cell)]).toEqual([cell, distance(cell) < 2 * BEAM_DEG]);
});

test('none at night, and none without a time', () => {
  expect(near(() => NOON_MS + 12 * 3_600_000)).toEqual([]);
  expect(near(() => NaN)).toEqual([]);
});

test('low cells while it has just risen', () => {
  expect(near(() => Date.parse('2026-03-22T05:10:00Z')).length).toBeGreaterThan(5);
  expect(near(() => Date.parse('2026-03-22T04:30:00Z'))).toEqual([]);
});
