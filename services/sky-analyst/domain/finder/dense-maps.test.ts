import { describe, expect, test } from 'vitest';
import { separationDeg } from '#shared/sky/pointing';
import { degToRad } from '#shared/sky/units';
import { rectangleGrid, syntheticSky, type SkyPlan } from '../../../../test/support/synthetic-sky.ts';
import { syntheticChannels } from '../../../../test/support/synthetic-channels.ts';
import { findChannelSources } from './find-channel-sources.ts';
import { findSources, type SourceReport } from './find-sources.ts';
import { fitMotion } from './motion.ts';
import { pointsOf } from './points.ts';
import type { SkyMap } from './sky-map.ts';
import { vectorAt, vectorOf, vectorsOf } from './sphere.ts';
import { meansIn, type Bins } from './thinning.ts';

const NOISE = { bandwidthHz: 2e6, integrationS: 0.1 };
const SETTINGS = { noise: NOISE, beamWidthDeg: 6 };
const SIGMA = Math.sqrt(1 / 2e5 + 0.005 ** 2);
/** Fifteen points across a beam width. */
const COLUMNS = 150;
const DENSE = rectangleGrid({ azimuthDeg: 0, elevationDeg: 25 }, COLUMNS, 110, 0.4);

type Plan = Partial<SkyPlan>;
const skyOf = (plan: Plan): SkyMap =>
  syntheticSky({ points: DENSE, beamWidthDeg: 6, relativeSigma: SIGMA, seed: 1, ...plan });
const find = (plan: Plan): SourceReport => findSources(skyOf(plan), SETTINGS);

/** Most points within a beam width of any of those that are searched. */
function mostNeighbours({ azimuthDeg, elevationDeg, timeMs }: SkyMap): number {
  const { points } = pointsOf(
    { vectors: vectorsOf(azimuthDeg, elevationDeg), timeMs },
    undefined,
    degToRad(6),
  );
  const counts = Array.from(points.counts, (_, k) =>
    points.neighbours.near(vectorAt(points.vectors, k), degToRad(6)),
  );
  return Math.max(...counts);
}

describe('a dense map', () => {
  const SEEDS = [1, 2, 3, 4, 5, 6];
  const truths = SEEDS.map((seed) => ({
    azimuthDeg: 0.13 * seed,
    elevationDeg: 25 - 0.11 * seed,
    amplitude: 0.2,
  }));
  const reports = SEEDS.map((seed, k) => find({ seed, sources: [truths[k] as (typeof truths)[number]] }));

  test('has its source where it is, with the error it states', () => {
    const errors = reports.map(({ sources: [source, ...others] }, k) => {
      expect(others).toEqual([]);
      const truth = truths[k] as (typeof truths)[number];
      const [[xx], [, yy]] = source?.covarianceDeg2 ?? [[NaN], [NaN, NaN]];
      return {
        up: ((source?.elevationDeg ?? NaN) - truth.elevationDeg) / Math.sqrt(yy),
        right: ((((source?.azimuthDeg ?? NaN) + 180) % 360) - 180 - truth.azimuthDeg) / Math.sqrt(xx / 0.82),
      };
    });
    for (const axis of ['up', 'right'] as const) {
      const sum = errors.reduce((total, error) => total + error[axis], 0);
      const squares = errors.reduce((total, error) => total + error[axis] ** 2, 0);
      expect(Math.abs(sum) / Math.sqrt(errors.length)).toBeLessThan(3);
      // Chi squared of 6: outside once in 2,000.
      expect(squares).toBeGreaterThan(0.2);
      expect(squares).toBeLessThan(24);
    }
  });

  test('has the noise, the level and the width of its points', () => {
    for (const { noiseScale, sources, points } of reports) {
      expect(points).toBe(DENSE.length);
      expect(Math.abs(noiseScale - 1)).toBeLessThan(0.05);
      // Bins lower the peak by 0.7 % and raise the width by 0.4 %.
      expect(Math.abs((sources[0]?.peak ?? NaN) / 0.2 - 1)).toBeLessThan(0.02);
      expect(Math.abs((sources[0]?.widthDeg ?? NaN) / 6 - 1)).toBeLessThan(0.01);
    }
  });

  test('keeps the drift of each row, and gives no source in noise', () => {
    expect(find({ driftDb: 0.1, secondsPerPoint: 0.05 }).sources).toEqual([]);
  });

  test('is seen from the first to the last of its points', () => {
    const [source] = find({ sources: [{ azimuthDeg: 0, elevationDeg: 25, amplitude: 0.1 }] }).sources;
    // 7 rows of 150 s above and below the middle.
    expect(source?.firstSeenMs).toBeGreaterThan(1_000 * COLUMNS * (55 - 9));
    expect(source?.firstSeenMs).toBeLessThan(1_000 * COLUMNS * (55 - 6));
    expect(source?.lastSeenMs).toBeGreaterThan(1_000 * COLUMNS * (55 + 6));
    expect(source?.lastSeenMs).toBeLessThan(1_000 * COLUMNS * (55 + 9));
  });

  test.each([
    [0.001, true],
    [0, false],
  ])('shows whether a source moves: %d degrees per second', (azimuthSpeed, moves) => {
    // 15 rows of 150 s cross the beam; row 42 is at elevation 20.
    const source = { azimuthDeg: -3, elevationDeg: 20, amplitude: 0.1, azimuthSpeed };
    const sky = skyOf({ sources: [source] });
    const vectors = vectorsOf(sky.azimuthDeg, sky.elevationDeg);
    const { points, sweeps } = pointsOf({ vectors, timeMs: sky.timeMs }, sky.row, degToRad(6));
    const bins = sweeps.bins as Bins;
    const level = meansIn(
      bins,
      sky.level.map((value) => value - 1),
    );
    const sigma = points.counts.map((count) => SIGMA / Math.sqrt(count));
    const fitted = {
      direction: vectorOf(-3 + 42.5 * COLUMNS * azimuthSpeed, 20),
      amplitude: 0.1,
      width: degToRad(6),
      widthSigma: undefined,
      covariance: [0, 0, 0] as const,
    };
    expect(fitMotion({ ...points, level, sigma }, fitted)?.isSignificant ?? false).toBe(moves);
  });

  test('shows that a burst was in one row', () => {
    const sky = skyOf({});
    for (let column = 70; column < 76; column++) {
      const at = 55 * COLUMNS + column;
      sky.level[at] = (sky.level[at] as number) + 1;
    }
    const { sources } = findSources(sky, SETTINGS);
    expect(sources.length).toBeGreaterThan(0);
    for (const { flags } of sources) expect(flags).toContain('rfi');
  });
});

describe('the work is bounded', () => {
  /** In dB, the level falls as a Gaussian: it is wider than the beam and has far wings. */
  const wide = (point: { azimuthDeg: number; elevationDeg: number }) =>
    10 ** (2 * Math.exp(-(separationDeg(point, { azimuthDeg: 0, elevationDeg: 25 }) ** 2) / 200));

  test('a bright source twice as wide as the beam is one source', () => {
    const points = rectangleGrid({ azimuthDeg: 0, elevationDeg: 25 }, 220, 125, 0.4);
    const sky = skyOf({ points, background: wide, relativeSigma: 0.03 });
    expect(mostNeighbours(sky)).toBeLessThan(300);
    const { sources } = findSources(sky, SETTINGS);
    expect(sources).toHaveLength(1);
    expect(
      separationDeg(sources[0] ?? { azimuthDeg: 180, elevationDeg: 0 }, { azimuthDeg: 0, elevationDeg: 25 }),
    ).toBeLessThan(0.5);
    expect(sources[0]?.widthDeg).toBeGreaterThan(9);
  });

  test('the points of a rotator that is stuck are one', () => {
    const grid = rectangleGrid({ azimuthDeg: 0, elevationDeg: 25 }, 41, 21, 2);
    const stuck = Array.from({ length: 45_000 }, () => ({ azimuthDeg: -12.3, elevationDeg: 17.7, row: 21 }));
    const truth = { azimuthDeg: 9, elevationDeg: 27, amplitude: 0.1 };
    const sky = skyOf({ points: [...grid, ...stuck], sources: [truth] });
    expect(mostNeighbours(sky)).toBeLessThan(300);
    const { sources } = findSources(sky, SETTINGS);
    expect(sources).toHaveLength(1);
    expect(separationDeg(sources[0] ?? { azimuthDeg: 180, elevationDeg: 0 }, truth)).toBeLessThan(0.5);
    // The width of the beam is that of the source, not of the place.
    expect(Math.abs(findSources(sky, { noise: NOISE }).beamWidthDeg - 6)).toBeLessThan(0.6);
  });
});

test('the channels of a dense map have their sources with their levels', () => {
  const points = rectangleGrid({ azimuthDeg: 0, elevationDeg: 25 }, 100, 75, 0.5);
  const carrier = { azimuthDeg: 2.2, elevationDeg: 26.1, amplitude: 1, first: 3, last: 4 };
  const plan = { points, channels: 16, transforms: 200, beamWidthDeg: 6, seed: 4 };
  const settings = { axis: { firstChannelHz: 433e6, channelHz: 2_000 }, beamWidthDeg: 6, transforms: 200 };
  const [source, ...others] = findChannelSources(
    syntheticChannels({ ...plan, signals: [carrier] }),
    settings,
  );
  expect(others).toEqual([]);
  const [[xx], [, yy]] = source?.covarianceDeg2 ?? [[NaN], [NaN, NaN]];
  expect(separationDeg(source ?? { azimuthDeg: 180, elevationDeg: 0 }, carrier)).toBeLessThan(
    4 * Math.sqrt(xx + yy),
  );
  // 0.6 beam widths by the signal-to-noise ratio of 170, in two dimensions.
  expect(Math.sqrt(xx + yy)).toBeLessThan(0.05);
  expect(Math.abs((source?.peak ?? NaN) / carrier.amplitude - 1)).toBeLessThan(0.1);
  expect(source?.channels).toEqual([{ fromHz: 433_005_000, toHz: 433_009_000 }]);
});
