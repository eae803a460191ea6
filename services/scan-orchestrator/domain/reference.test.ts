import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rotorConfig } from '../../../test/support/scan-fakes.ts';
import { planScan } from './plan.ts';
import { isReferenceDue } from './reference.ts';

const TEN_MIN = 600_000;
const plan = { pointing: { azimuthDeg: 350, elevationDeg: 60 }, everyMs: TEN_MIN };

describe('the reference', () => {
  test.each([
    ['before the first cell', { lastMs: undefined, cellsLeft: 100, fresh: false }, true],
    ['not again before the second cell', { lastMs: 0, cellsLeft: 99, fresh: false }, false],
    [
      'not before the interval has passed',
      { lastMs: 0, nowMs: TEN_MIN - 1, cellsLeft: 50, fresh: false },
      false,
    ],
    ['when the interval has passed', { lastMs: 0, nowMs: TEN_MIN, cellsLeft: 50, fresh: false }, true],
    [
      'long after the interval has passed',
      { lastMs: 0, nowMs: 86_400_000, cellsLeft: 50, fresh: false },
      true,
    ],
    ['before the last cell', { lastMs: 0, cellsLeft: 1, fresh: false }, true],
    ['not twice before the last cell', { lastMs: 0, cellsLeft: 1, fresh: true }, false],
    [
      'again before the last cell if that was out of reach for long',
      { lastMs: 0, nowMs: TEN_MIN, cellsLeft: 1, fresh: true },
      true,
    ],
    ['once for a scan of one point', { lastMs: undefined, cellsLeft: 1, fresh: false }, true],
  ])('is measured %s', (_, change, due) => {
    expect(isReferenceDue(plan, { nowMs: 5, ...change })).toBe(due);
  });
});

const axis = { speedDegPerS: 10, accelerationDegPerS2: 1e6 };
const rotor = rotorConfig({
  limits: { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 5, elMaxDeg: 90 },
  azimuth: axis,
  elevation: axis,
  toleranceDeg: 1,
  settleMs: 500,
});
// 0, 10, ... 100 degrees; each cell takes a second.
const row = {
  kind: 'rectangular' as const,
  azStartDeg: 0,
  azEndDeg: 100,
  elStartDeg: 60,
  elEndDeg: 60,
  stepDeg: 10,
};
const from = { azimuthDeg: 0, elevationDeg: 60 };

describe('a plan with a reference', () => {
  test('includes two visits: one at the start, one before the last cell', () => {
    const without = planScan({ bounds: row, tunings: 1, readsMs: 500, rotor, from });
    const { expectedSeconds, reference } = planScan({
      bounds: row,
      tunings: 1,
      readsMs: 500,
      rotor,
      from,
      reference: plan,
    });
    // -10 is 1 s before the first cell; from 90 there and to 100 takes 10 s and 11 s instead of 1
    // s; two dwells.
    expect(expectedSeconds - without.expectedSeconds).toBeCloseTo(1 + 1 + (10 + 11 - 1) + 1, 3);
    expect(reference?.({ azimuthDeg: 0, elevationDeg: 60 })).toEqual({ azimuthDeg: -10, elevationDeg: 60 });
    expect(without.reference).toBeUndefined();
  });

  test('includes one more visit per interval', () => {
    const often = { ...plan, everyMs: 5_000 };
    const seldom = planScan({
      bounds: row,
      tunings: 1,
      readsMs: 500,
      rotor,
      from,
      reference: plan,
    }).expectedSeconds;
    expect(
      planScan({ bounds: row, tunings: 1, readsMs: 500, rotor, from, reference: often }).expectedSeconds,
    ).toBeGreaterThan(seldom + 5);
  });

  test('uses the cable turn nearest to the cell', () => {
    const { reference } = planScan({ bounds: row, tunings: 1, readsMs: 500, rotor, from, reference: plan });
    const azimuthAt = (azimuthDeg: number) => reference?.({ azimuthDeg, elevationDeg: 60 }).azimuthDeg;
    expect([-100, 100, 200, 440].map(azimuthAt)).toEqual([-10, -10, 350, 350]);
  });

  test('never leaves the travel for it', () => {
    const turn = fc.double({ min: -180, max: 540, noNaN: true });
    fc.assert(
      fc.property(
        turn,
        turn,
        fc.double({ min: 360, max: 700, noNaN: true }),
        (azimuthDeg, cellDeg, travelDeg) => {
          const narrow = { ...rotor, limits: { ...rotor.limits, azMaxDeg: -180 + travelDeg } };
          const one = { ...plan, pointing: { azimuthDeg, elevationDeg: 60 } };
          const visit = planScan({
            bounds: row,
            tunings: 1,
            readsMs: 500,
            rotor: narrow,
            from,
            reference: one,
          }).reference?.({
            azimuthDeg: cellDeg,
            elevationDeg: 5,
          });
          const at = visit?.azimuthDeg ?? NaN;
          expect(at).toBeGreaterThanOrEqual(-180 - 1e-6);
          expect(at).toBeLessThanOrEqual(-180 + travelDeg + 1e-6);
          expect(Math.abs(Math.round((at - azimuthDeg) / 360) * 360 - (at - azimuthDeg))).toBeLessThan(1e-6);
        },
      ),
    );
  });

  test.each([
    [{ azimuthDeg: 0, elevationDeg: 3 }, 'reference pointing: elevation 3 deg is outside 5..90 deg'],
    [
      { azimuthDeg: 200, elevationDeg: 30 },
      "reference pointing: azimuth 200 deg is outside the rotor's travel -90..150 deg",
    ],
  ])('is refused where the rotor cannot or may not go: %o', (pointing, message) => {
    const limits = { ...rotor.limits, azMinDeg: -90, azMaxDeg: 150 };
    expect(() =>
      planScan({
        bounds: row,
        tunings: 1,
        readsMs: 500,
        rotor: { ...rotor, limits },
        from,
        reference: { ...plan, pointing },
      }),
    ).toThrow(message);
  });
});
