import { expect, test } from 'vitest';
import {
  ANALYTIC,
  analyticGain,
  scanOver,
  type FixedScan,
} from '../../../../test/support/analytic-antenna.ts';
import type { Figure } from './figure.ts';
import { measurePattern } from './measure-pattern.ts';

const REPEATS = 6;
const SCAN: FixedScan = {
  gainAt: analyticGain([0, 1, 0]),
  source: { azimuthDeg: 353, elevationDeg: 0 },
  azimuths: [0, 352],
  elevations: [0, 176],
  stepDeg: 8,
  noiseDb: 0.05,
};

function deviations(seed: number): number[] {
  const { azimuth, elevation, directivityDbi, frontToBackDb, squintDeg } = measurePattern(
    scanOver({ ...SCAN, seed }),
    { background: 0 },
  );
  const of = (figure: Figure | undefined, truth: number) =>
    ((figure?.value ?? NaN) - truth) / (figure?.sigma ?? NaN);
  return [
    of(directivityDbi, ANALYTIC.directivityDbi),
    of(frontToBackDb.opposite, ANALYTIC.frontToBackDb),
    of(azimuth.hpbwDeg, ANALYTIC.hpbwDeg),
    of(elevation.hpbwDeg, ANALYTIC.hpbwDeg),
    of(squintDeg.azimuth, 0),
    of(squintDeg.elevation, 0),
    of(azimuth.after.sideLobe?.levelDb, -ANALYTIC.frontToBackDb),
    of(azimuth.after.sideLobe?.angleDeg, 180),
  ];
}

// `npm run score -- --only pattern` counts 200 repeats of an antenna with narrow side lobes.
test('figures of repeats differ from the truth by as much as their sigmas say', () => {
  const all = Array.from({ length: REPEATS }, (_, k) => deviations(31 + k)).flat();
  expect(all.every(Number.isFinite)).toBe(true);
  const inside = all.filter((each) => Math.abs(each) <= 1).length / all.length;
  expect(inside).toBeGreaterThan(0.5);
  expect(inside).toBeLessThan(0.86);
  const meanSquare = all.reduce((sum, each) => sum + each ** 2, 0) / all.length;
  expect(meanSquare).toBeGreaterThan(0.5);
  expect(meanSquare).toBeLessThan(1.8);
});
