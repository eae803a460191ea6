import { expect, test } from 'vitest';
import { analyticGain, scanOver } from '../../../../test/support/analytic-antenna.ts';
import { vectorOf } from '../finder/sphere.ts';
import { measurePattern } from './measure-pattern.ts';

/** Axis of the beam. */
const AXIS = vectorOf(3, 2);
const gainAt = analyticGain(AXIS);

test('the grid has the gains of the antenna around the axis of its beam, as far as it was measured', () => {
  const scan = scanOver({
    gainAt,
    source: { azimuthDeg: 0, elevationDeg: 30 },
    azimuths: [-48, 24],
    elevations: [0, 56],
    stepDeg: 8,
    noiseDb: 0.05,
  });
  const { grid, azimuth } = measurePattern(scan, { background: 0, withGrid: true });
  const { reachDeg = NaN, size = 0, gainDb = [], sigmaDb = [] } = grid ?? {};
  expect([size, gainDb.length]).toEqual([61, 61 * 61]);
  // The scan reaches 48 degrees to one side, and half of a cell further.
  expect(reachDeg).toBeGreaterThan(40);
  expect(reachDeg).toBeLessThan(70);
  const middle = (size - 1) / 2;
  expect(gainDb[middle * size + middle]).toBeCloseTo(0, 1);
  const stepDeg = (2 * reachDeg) / (size - 1);
  const cut = azimuth.cut.filter(
    ({ angleDeg, gainDb: gain }) => angleDeg % 10 === 0 && Number.isFinite(gain),
  );
  expect(cut.length).toBeGreaterThan(5);
  for (const { angleDeg, gainDb: gain } of cut) {
    const column = middle + angleDeg / stepDeg;
    const low = gainDb[middle * size + Math.floor(column)] ?? NaN;
    const high = gainDb[middle * size + Math.ceil(column)] ?? NaN;
    const between = low + (high - low) * (column - Math.floor(column));
    if (Number.isFinite(between)) expect(Math.abs(between - gain)).toBeLessThan(0.2);
  }
  // Above and to the left are the antenna's.
  const expected = 10 * Math.log10(gainAt(vectorOf(3 - 10 * stepDeg, 2)));
  expect(Math.abs((gainDb[middle * size + middle - 10] ?? NaN) - expected)).toBeLessThan(0.3);
  // A corner was not measured.
  expect(gainDb.some(Number.isNaN)).toBe(true);
  expect(gainDb.map(Number.isNaN)).toEqual(sigmaDb.map(Number.isNaN));
  expect(measurePattern(scan, { background: 0 }).grid).toBeUndefined();
});
