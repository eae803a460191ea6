import fc from 'fast-check';
import { expect, test } from 'vitest';
import { directionOf } from '#shared/sky/pointing-model';
import { separationDeg } from '#shared/sky/pointing';
import { middleOf, offsetsFrom, readbackOf } from './pointing-observation.ts';

/** Moves by a degree of azimuth per minute, through north. */
const target = {
  name: 'mover',
  directionAt: (unixMs: number) => ({ azimuthDeg: (358 + unixMs / 60_000) % 360, elevationDeg: 40 }),
};
const model = { IA: 9, IE: -0.7, CA: 0.3, NPAE: 0, AN: 0.2, AW: -0.1 };
const pointAt = (unixMs: number, azimuth: number, elevation: number) => ({
  readback: { azimuth, elevation },
  mean_dbm: -80,
  measured_at: new Date(unixMs).toISOString(),
});

test('offsets are relative to the target at the time of each point', () => {
  const points = [pointAt(0, 358, 41), pointAt(240_000, 2, 41), pointAt(240_000, 3, 40)];
  const { rightDeg, upDeg } = offsetsFrom(target, points);
  expect(rightDeg[0]).toBeCloseTo(0, 9);
  expect(upDeg[0]).toBeCloseTo(1, 9);
  expect([rightDeg[1], upDeg[1]]).toEqual([expect.closeTo(0, 9), expect.closeTo(1, 9)]);
  expect(rightDeg[2]).toBeCloseTo(Math.cos((40 * Math.PI) / 180), 3);
  const { at, direction } = middleOf(target, points);
  expect([at.getTime(), direction.azimuthDeg]).toEqual([120_000, 0]);
});

test('the readback is that of the mount at the offset', () => {
  const degrees = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  fc.assert(
    fc.property(degrees(0, 360), degrees(5, 80), degrees(-5, 5), degrees(-5, 5), (a, e, x, y) => {
      const direction = { azimuthDeg: a, elevationDeg: e };
      const readback = readbackOf(direction, { rightDeg: x, upDeg: y }, model);
      const reported = directionOf(model, readback);
      const fixed = { name: '', directionAt: () => direction };
      const { rightDeg, upDeg } = offsetsFrom(fixed, [
        pointAt(0, reported.azimuthDeg, reported.elevationDeg),
      ]);
      expect([rightDeg[0], upDeg[0]]).toEqual([expect.closeTo(x, 5), expect.closeTo(y, 5)]);
      expect(separationDeg(direction, reported)).toBeLessThan(7.1);
    }),
  );
});
