import { expect, test } from 'vitest';
import { degToRad } from '#shared/sky/units';
import { analyticGain, scanOver } from '../../../../test/support/analytic-antenna.ts';
import { tangentPlaneAt, vectorOf } from '../finder/sphere.ts';
import { between, greatCircle } from './great-circle.ts';
import { measurePattern } from './measure-pattern.ts';

/** The beam points a little right of and above the axis of the mount. */
const gainAt = analyticGain(vectorOf(3, 2));
test('the table has the gains of the antenna all around its beam', () => {
  const scan = scanOver({
    gainAt,
    source: { azimuthDeg: 0, elevationDeg: 0 },
    azimuths: [0, 350],
    elevations: [0, 170],
    stepDeg: 10,
    noiseDb: 0.02,
  });
  const { table, squintDeg } = measurePattern(scan, { background: 0, withTable: true });
  const { offAxisDeg = [], rollDeg = [], gainDb = [] } = table ?? {};
  // Its angles are from the axis that was found.
  const axis = vectorOf(squintDeg.azimuth.value, squintDeg.elevation.value);
  const { right, up } = tangentPlaneAt(axis);
  const expectedDb = (angle: number, roll: number) => {
    const around = greatCircle(axis, between(right, up, degToRad(roll)));
    return 10 * Math.log10(gainAt(around.at(degToRad(angle))) / gainAt(axis));
  };
  expect([offAxisDeg[0], offAxisDeg.at(-1), rollDeg.length, gainDb.length]).toEqual([0, 180, 36, 36]);
  offAxisDeg.forEach((angle, k) => expect(angle).toBeGreaterThan(offAxisDeg[k - 1] ?? -1));
  for (const [n, row] of gainDb.entries())
    for (const [k, gain] of row.entries()) {
      const [angle, roll] = [offAxisDeg[k] ?? NaN, rollDeg[n] ?? NaN];
      const expected = expectedDb(angle, roll);
      if (expected > -20) expect(Math.abs(gain - expected), `${angle} deg at ${roll}`).toBeLessThan(0.2);
    }
  expect(measurePattern(scan, { background: 0 }).table).toBeUndefined();
});

test('beyond the scan nothing is measured, and the floor is known', () => {
  const scan = scanOver({
    gainAt,
    source: { azimuthDeg: 0, elevationDeg: 30 },
    azimuths: [-48, 24],
    elevations: [0, 56],
    stepDeg: 4,
    noiseDb: 0.02,
  });
  const { table } = measurePattern(scan, { background: 0, withTable: true });
  const { offAxisDeg = [], gainDb = [], floorDb = NaN } = table ?? {};
  const far = offAxisDeg.findIndex((angle) => angle > 80);
  expect(gainDb.flatMap((row) => row.slice(far)).every(Number.isNaN)).toBe(true);
  const lowest = Math.min(...gainDb.flat().filter((gain) => Number.isFinite(gain)));
  expect(floorDb).toBeCloseTo(lowest, 6);
});
