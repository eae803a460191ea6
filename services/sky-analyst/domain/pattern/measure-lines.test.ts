import { describe, expect, test } from 'vitest';
import { pointingsAt } from '#shared/sky/frame';
import { cellPointing, columnsInRow, gridShape, type GridBounds } from '#shared/sky/grid-shape';
import { gaussianPair, seededRandom } from '../../../../test/support/samples.ts';
import { antennaVector } from './antenna-frame.ts';
import type { Vector } from '../finder/sphere.ts';
import { vectorOf } from '../finder/sphere.ts';
import { measurePattern } from './measure-pattern.ts';

const SOURCE = { azimuthDeg: 100, elevationDeg: 40 };
const CUTS: GridBounds = {
  kind: 'principal_cuts',
  azStartDeg: -40,
  azEndDeg: 40,
  elStartDeg: -40,
  elEndDeg: 40,
  stepDeg: 1.5,
};

interface Beam {
  widths?: [azimuthDeg: number, elevationDeg: number];
  squint?: [rightDeg: number, upDeg: number];
  lobe?: number;
  background?: number;
}

/** A Gaussian beam with a ring of side lobes at 25 deg. */
function gain([right, forward, up]: Vector, { widths = [10, 8], squint = [0, 0], lobe = 0 }: Beam): number {
  const [x, y] = [Math.atan2(right, forward), Math.atan2(up, forward)].map(
    (rad) => (rad * 180) / Math.PI,
  ) as [number, number];
  const main = ((x - squint[0]) / widths[0]) ** 2 + ((y - squint[1]) / widths[1]) ** 2;
  const ring = (Math.hypot(x, y) - 25) / 6;
  return Math.exp(-4 * Math.LN2 * main) + lobe * Math.exp(-4 * Math.LN2 * ring ** 2);
}

function scanOf(
  beam: Beam,
  { seed = 1, noiseDb = 0.05, ...change }: Partial<GridBounds> & { seed?: number; noiseDb?: number } = {},
) {
  const bounds = { ...CUTS, ...change };
  const random = seededRandom(seed);
  const cells = Array.from({ length: gridShape(bounds).rows }, (_, row) =>
    Array.from({ length: columnsInRow(bounds, row) }, (_, column) => cellPointing(bounds, row, column)),
  ).flat();
  const points = cells.flatMap((offset) => pointingsAt(offset, SOURCE).slice(0, 1));
  const source = vectorOf(SOURCE.azimuthDeg, SOURCE.elevationDeg);
  const count = points.length;
  return {
    azimuthDeg: Float64Array.from(points, ({ azimuthDeg }) => azimuthDeg),
    elevationDeg: Float64Array.from(points, ({ elevationDeg }) => elevationDeg),
    sourceAzimuthDeg: new Float64Array(count).fill(SOURCE.azimuthDeg),
    sourceElevationDeg: new Float64Array(count).fill(SOURCE.elevationDeg),
    level: Float64Array.from(points, ({ azimuthDeg, elevationDeg }) => {
      const power = gain(antennaVector(source, azimuthDeg, elevationDeg), beam) + (beam.background ?? 1e-3);
      return power * 10 ** ((noiseDb * gaussianPair(random)[0]) / 10);
    }),
    clipped: new Uint8Array(count),
  };
}
const measured = (beam: Beam = {}, change: Parameters<typeof scanOf>[1] = {}) =>
  measurePattern(scanOf(beam, change), { alongPlanes: true, background: beam.background ?? 1e-3 });

describe('a scan along the principal planes', () => {
  test('has the widths, the direction and the side lobes of the beam', () => {
    const pattern = measured({ lobe: 0.02, squint: [1.5, -0.8] }, { noiseDb: 0.01 });
    expect(Math.abs((pattern.azimuth.hpbwDeg?.value ?? NaN) / 10 - 1)).toBeLessThan(0.01);
    expect(Math.abs((pattern.elevation.hpbwDeg?.value ?? NaN) / 8 - 1)).toBeLessThan(0.01);
    expect(Math.abs(pattern.squintDeg.azimuth.value - 1.5)).toBeLessThan(0.1);
    expect(Math.abs(pattern.squintDeg.elevation.value + 0.8)).toBeLessThan(0.1);
    // The line does not go through the peak, which is 0.8 deg away from it.
    const lobe = pattern.azimuth.after.sideLobe;
    expect(Math.abs((lobe?.levelDb.value ?? NaN) - 10 * Math.log10(0.02))).toBeLessThan(0.3);
    expect(Math.abs((lobe?.angleDeg.value ?? NaN) - 23.5)).toBeLessThan(0.5);
    expect(pattern).toMatchObject({ coverage: 0, ellipse: undefined, grid: undefined });
    expect(pattern.directivityDbi.isUpperBound).toBe(true);
    expect(pattern.warnings.map(({ code }) => code)).toEqual(['coverage']);
  });

  test('with four points in the beam is said to be too coarse', () => {
    expect(measured({}, { stepDeg: 2 }).warnings.map(({ code }) => code)).toEqual(['step', 'coverage']);
  });

  test('finds its background', () => {
    const pattern = measurePattern(scanOf({ background: 0.05 }, { azStartDeg: -60, azEndDeg: 60 }), {
      alongPlanes: true,
    });
    expect(pattern.background?.isFound).toBe(true);
    expect((pattern.background?.level ?? NaN) / 0.05).toBeCloseTo(1, 1);
    expect((pattern.azimuth.hpbwDeg?.value ?? NaN) / 10).toBeCloseTo(1, 1);
  });

  test('has sigmas that its errors have', () => {
    const within = { width: 0, squint: 0 };
    const repeats = 60;
    for (let seed = 1; seed <= repeats; seed++) {
      const { azimuth, squintDeg } = measured({}, { seed, noiseDb: 0.3 });
      const { value = NaN, sigma = NaN } = azimuth.hpbwDeg ?? {};
      if (Math.abs(value - 10) < sigma) within.width++;
      if (Math.abs(squintDeg.azimuth.value) < squintDeg.azimuth.sigma) within.squint++;
    }
    // 68 %, with three sigma of the number of repeats.
    for (const share of [within.width / repeats, within.squint / repeats]) {
      expect(share).toBeGreaterThan(0.5);
      expect(share).toBeLessThan(0.86);
    }
  });

  test.each([
    ['of one plane', { elStartDeg: 0, elEndDeg: 0 }, 'a pattern needs 12 in each'],
    ['that ends in the beam', { azEndDeg: 3 }, 'the scan does not show the beam'],
    ['with few points', { stepDeg: 10 }, 'a pattern needs 24'],
  ])('%s is refused', (_name, change, message) => {
    expect(() => measured({}, change)).toThrow(message);
  });
});
