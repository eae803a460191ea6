import { describe, expect, test } from 'vitest';
import { gaussianPair, seededRandom } from '../../../../test/support/samples.ts';
import { measureOffset, type OffsetScan } from './measure-offset.ts';

const BEAM_DEG = 6;
const steps = (count: number, stepDeg: number) =>
  Array.from({ length: count }, (_, k) => (k - (count - 1) / 2) * stepDeg);
const RASTER = steps(7, 2.4).flatMap((up) => steps(7, 2.4).map((right) => [right, up] as const));
const CROSS = [
  ...steps(13, 1.2).map((right) => [right, 0] as const),
  ...steps(13, 1.2).map((up) => [0, up] as const),
];

/** A source at (x, y) of `peak` times the background, with relative noise. */
function scanOf(
  points: readonly (readonly [number, number])[],
  [x, y]: readonly [number, number],
  peak: number,
  seed = 1,
): OffsetScan {
  const random = seededRandom(seed);
  return {
    rightDeg: points.map(([right]) => right),
    upDeg: points.map(([, up]) => up),
    levelDb: points.map(([right, up]) => {
      const gain = Math.exp(-4 * Math.LN2 * (Math.hypot(right - x, up - y) / BEAM_DEG) ** 2);
      return -100 + 10 * Math.log10((1 + peak * gain) * (1 + 0.005 * gaussianPair(random)[0]));
    }),
    beamWidthDeg: BEAM_DEG,
    bandwidthHz: 2e6,
    integrationS: 0.1,
  };
}

describe('the offset of a source', () => {
  test.each([
    ['raster', RASTER, [2.3, -0.7]],
    ['raster', RASTER, [-5.5, 4]],
    ['cross', CROSS, [1.3, -0.7]],
  ] as const)('is found by a %s', (_, points, at) => {
    const { rightDeg, upDeg, sigmaDeg, widthDeg } = measureOffset(scanOf(points, at, 100));
    expect(Math.abs(rightDeg - at[0])).toBeLessThan(0.06);
    expect(Math.abs(upDeg - at[1])).toBeLessThan(0.06);
    expect(sigmaDeg).toBeLessThan(0.1);
    expect(Math.abs(widthDeg - BEAM_DEG)).toBeLessThan(0.3);
  });

  test('has errors like those of its sigma', () => {
    const squares = Array.from({ length: 100 }, (_, seed) => {
      const found = measureOffset(scanOf(RASTER, [1, 1], 0.2, seed));
      return ((found.rightDeg - 1) ** 2 + (found.upDeg - 1) ** 2) / (2 * found.sigmaDeg ** 2);
    });
    const mean = squares.reduce((sum, value) => sum + value, 0) / squares.length;
    expect(mean).toBeGreaterThan(0.4);
    expect(mean).toBeLessThan(1.4);
  });

  test('is unknown without a source', () => {
    for (let seed = 1; seed <= 20; seed++)
      expect(() => measureOffset(scanOf(RASTER, [0, 0], 0, seed))).toThrow('the source was not found');
  });

  test('is unknown if the source is at the edge', () => {
    expect(() => measureOffset(scanOf(RASTER, [11, 0], 100))).toThrow('at the edge of the scan');
    const few = { ...scanOf(CROSS, [0, 0], 10), levelDb: CROSS.map(() => NaN) };
    expect(() => measureOffset(few)).toThrow('0 points have a level, 12 are needed');
  });
});
