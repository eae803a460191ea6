import { describe, expect, test } from 'vitest';
import { createObstacles } from '#shared/sky/obstacles';
import type { Pointing } from '#shared/sky/pointing';
import { azimuthRange, elevationRange, longDeg, probeTarget, testTargets } from './characterise-plan.ts';

const G5500 = {
  azimuth: { speedDegPerS: 6.2, accelerationDegPerS2: 20 },
  elevation: { speedDegPerS: 2.69, accelerationDegPerS2: 9 },
};
const LIMITS = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 5, elMaxDeg: 90 };
const MASK = [
  { azimuthDeg: 0, elevationDeg: 30 },
  { azimuthDeg: 180, elevationDeg: 12 },
];

function context(from: Pointing, limits = LIMITS, sectors: Parameters<typeof createObstacles>[2] = []) {
  const obstacles = createObstacles(limits.elMinDeg, MASK, sectors);
  return { from, limits, motion: G5500, isFree: (a: Pointing, b: Pointing) => obstacles.isFree(a, b) };
}

describe('the test range of an axis', () => {
  test('is around the current position if there is room', () => {
    const free = context({ azimuthDeg: 100, elevationDeg: 50 });
    expect(azimuthRange(free)).toEqual({ lowDeg: 73, highDeg: 450, otherDeg: 50 });
    expect(elevationRange(free)).toEqual({ lowDeg: 38, highDeg: 90, otherDeg: 100 });
  });

  test('avoids the horizon mask and keep-out sectors', () => {
    // At 15 deg only the lowest part of the mask leaves room: 150 to 210 deg.
    expect(azimuthRange(context({ azimuthDeg: 100, elevationDeg: 5 }))).toEqual({
      lowDeg: 150,
      highDeg: 210,
      otherDeg: 15,
    });
    const sectors = [{ azStartDeg: 60, azEndDeg: 120, elMinDeg: 40, elMaxDeg: 90 }];
    const beside = azimuthRange(context({ azimuthDeg: 100, elevationDeg: 50 }, LIMITS, sectors));
    expect(beside).toMatchObject({ lowDeg: 121, otherDeg: 50 });
    const other = elevationRange(context({ azimuthDeg: 100, elevationDeg: 50 }, LIMITS, sectors));
    expect(other?.otherDeg).toBe(125);
  });

  test('is undefined without enough free travel', () => {
    const limits = { ...LIMITS, azMinDeg: 10, azMaxDeg: 14.5 };
    expect(azimuthRange(context({ azimuthDeg: 12, elevationDeg: 50 }, limits))).toBeUndefined();
    expect(elevationRange(context({ azimuthDeg: 12, elevationDeg: 50 }, limits))).toBeDefined();
  });
});

describe('the test moves', () => {
  test('are long and short, with and against the previous direction, and inside the range', () => {
    const range = { lowDeg: 10, highDeg: 450, otherDeg: 50 };
    expect(probeTarget(range)).toBe(15);
    expect(testTargets(range, G5500.azimuth, 1)).toEqual([64, 10, 64, 10, 13, 16, 13, 10, 13, 16]);
    expect(testTargets({ ...range, highDeg: 15 }, G5500.azimuth, 3)).toEqual([
      15, 10, 15, 10, 12, 14, 12, 10, 12, 14,
    ]);
  });

  test('are long enough to reach full speed', () => {
    expect(longDeg({ speedDegPerS: 0.5, accelerationDegPerS2: 1 })).toBe(20);
    expect(longDeg({ speedDegPerS: 13.3, accelerationDegPerS2: 6.7 })).toBe(160);
    expect(longDeg({ speedDegPerS: 65, accelerationDegPerS2: 400 })).toBe(180);
  });
});
