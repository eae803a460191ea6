import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mountSetpoint, onSky, skyDirection, skyLimits } from './mount.ts';
import type { PointingModel } from './pointing-model.ts';
import { outsideLimits } from './pointing.ts';

const term = fc.double({ min: -1.4, max: 1.4, noNaN: true });
const models = fc.record({
  IA: fc.double({ min: -180, max: 180, noNaN: true }),
  IE: fc.double({ min: -5, max: 5, noNaN: true }),
  CA: term,
  NPAE: term,
  AN: term,
  AW: term,
});
const limits = { azMinDeg: 0, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 };
const park = { azimuthDeg: 0, elevationDeg: 0 };
const index: PointingModel = { IA: 2.3, IE: -0.7, CA: 0, NPAE: 0, AN: 0, AW: 0 };

describe('a mount with a pointing model', () => {
  test.each([
    ['', limits],
    [', beyond the zenith', { ...limits, elMaxDeg: 180 }],
  ])('reaches all directions of its limits on the sky%s', (_, travel) => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(models, share, share, (pointingModel, x, y) => {
        const sky = skyLimits({ pointingModel }, travel);
        const direction = {
          azimuthDeg: sky.azMinDeg + x * (sky.azMaxDeg - sky.azMinDeg),
          elevationDeg: sky.elMinDeg + y * (sky.elMaxDeg - sky.elMinDeg),
        };
        // Between the elevations at which the edges of the azimuth are found.
        const { azMinDeg, azMaxDeg, ...elevations } = travel;
        const wider = { azMinDeg: azMinDeg - 0.05, azMaxDeg: azMaxDeg + 0.05, ...elevations };
        expect(outsideLimits(mountSetpoint({ pointingModel, park }, direction), wider)).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  test('has its limits shifted by the index errors', () => {
    const sky = skyLimits({ pointingModel: index }, limits);
    expect(sky.azMinDeg).toBeCloseTo(-2.3, 5);
    expect(sky.azMaxDeg).toBeCloseTo(447.7, 5);
    expect(sky.elMinDeg).toBeCloseTo(0.7, 5);
    expect(sky.elMaxDeg).toBe(90);
    expect(skyLimits({ pointingModel: index }, { ...limits, elMaxDeg: 160 }).elMaxDeg).toBeCloseTo(160.7, 5);
  });

  test('parks exactly at the park pointing of the mount', () => {
    fc.assert(
      fc.property(models, (pointingModel) => {
        const rotor = { limits, park, pointingModel };
        expect(mountSetpoint(rotor, onSky(rotor).park)).toBe(park);
      }),
    );
  });

  test('without a model reads directions', () => {
    const at = { azimuthDeg: 12, elevationDeg: 34 };
    expect(mountSetpoint({ park }, at)).toBe(at);
    expect(skyDirection({}, at)).toBe(at);
    expect(skyLimits({}, limits)).toBe(limits);
  });
});
