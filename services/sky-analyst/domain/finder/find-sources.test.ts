import { describe, expect, test } from 'vitest';
import { separationDeg } from '#shared/sky/pointing';
import {
  circleGrid,
  rectangleGrid,
  syntheticSky,
  type SkyPlan,
} from '../../../../test/support/synthetic-sky.ts';
import type { Source } from './describe-sources.ts';
import { findSources, type SourceReport } from './find-sources.ts';
import type { FinderSettings, SkyMap } from './sky-map.ts';

const NOISE = { bandwidthHz: 2e6, integrationS: 0.1 };
const SETTINGS: FinderSettings = { noise: NOISE, beamWidthDeg: 6 };
const SIGMA = Math.sqrt(1 / 2e5 + 0.005 ** 2);
const ALL_SKY = circleGrid(180, 24, 2, 3.5);

type Plan = Partial<SkyPlan>;

const skyOf = (plan: Plan): SkyMap =>
  syntheticSky({ points: ALL_SKY, beamWidthDeg: 6, relativeSigma: SIGMA, seed: 1, ...plan });
const find = (plan: Plan, settings = SETTINGS): SourceReport => findSources(skyOf(plan), settings);

/** Distance from the truth in standard deviations. */
function deviation(source: Source, truth: { azimuthDeg: number; elevationDeg: number }): number {
  const [[xx], [, yy]] = source.covarianceDeg2;
  return separationDeg(source, truth) / Math.sqrt(xx + yy);
}

describe('a source', () => {
  test.each([
    ['at north', 359.7, 20.3],
    ['at the south', 180, 41],
    ['near the zenith', 120, 79],
  ])('%s is found where it is', (_, azimuthDeg, elevationDeg) => {
    const truth = { azimuthDeg, elevationDeg, amplitude: 0.1 };
    const { sources, noiseScale, points } = find({ sources: [truth] });
    expect(sources).toHaveLength(1);
    const [source] = sources as [Source];
    expect(deviation(source, truth)).toBeLessThan(3);
    expect(source.peak).toBeCloseTo(0.1, 1);
    expect(source.widthDeg).toBeCloseTo(6, 0);
    expect(source.flags).toEqual([]);
    expect(noiseScale).toBeCloseTo(1, 1);
    expect(points).toBe(4_320);
  });

  test('at the zenith of a map up to the zenith is found', () => {
    const truth = { azimuthDeg: 30, elevationDeg: 89, amplitude: 0.1 };
    const { sources } = find({ points: circleGrid(120, 31, 0, 3), sources: [truth] });
    expect(sources).toHaveLength(1);
    expect(separationDeg(sources[0] as Source, truth)).toBeLessThan(0.5);
  });

  test('has the errors in azimuth of its tangent plane', () => {
    const { sources } = find({ sources: [{ azimuthDeg: 50, elevationDeg: 60, amplitude: 0.1 }] });
    const { azimuthErrorDeg, covarianceDeg2, elevationErrorDeg } = sources[0] as Source;
    expect(azimuthErrorDeg).toBeCloseTo(2 * Math.sqrt(covarianceDeg2[0][0]), 1);
    expect(elevationErrorDeg).toBeCloseTo(Math.sqrt(covarianceDeg2[1][1]), 6);
  });

  test('is found in drift of the gain and over a background that depends on the elevation', () => {
    const truth = { azimuthDeg: 50, elevationDeg: 30, amplitude: 0.06 };
    const { sources } = find({
      sources: [truth],
      driftDb: 0.1,
      secondsPerPoint: 0.35,
      background: ({ elevationDeg }) => 1 + 0.5 * Math.exp(-elevationDeg / 8),
    });
    expect(sources).toHaveLength(1);
    expect(separationDeg(sources[0] as Source, truth)).toBeLessThan(1);
  });

  test('does not depend on the order of the points, their unit, or the numbers of rows', () => {
    const truth = { azimuthDeg: 50, elevationDeg: 30, amplitude: 0.1 };
    const sky = skyOf({ sources: [truth] });
    const order = Int32Array.from(sky.level, (_, k) => (k * 1_357) % sky.level.length);
    const shuffled = (column: Float64Array) => Float64Array.from(order, (k) => column[k] as number);
    const other = findSources(
      {
        azimuthDeg: shuffled(sky.azimuthDeg).map((value) => value + 360),
        elevationDeg: shuffled(sky.elevationDeg),
        timeMs: shuffled(sky.timeMs),
        level: shuffled(sky.level).map((value) => 1e-9 * value),
      },
      SETTINGS,
    );
    const [a, b] = [findSources(sky, SETTINGS).sources[0] as Source, other.sources[0] as Source];
    expect(separationDeg(a, b)).toBeLessThan(1e-3);
    expect(b.peakDb).toBeCloseTo(a.peakDb, 4);
  });

  test('is seen from the first to the last of its points', () => {
    const { sources } = find({ sources: [{ azimuthDeg: 50, elevationDeg: 23, amplitude: 0.1 }] });
    const { firstSeenMs, lastSeenMs } = sources[0] as Source;
    // Row 6 is at elevation 23: 180 points of one second each.
    expect(firstSeenMs).toBeGreaterThan(1_000 * 180 * 5);
    expect(lastSeenMs).toBeLessThan(1_000 * 180 * 8);
  });
});

test.each([11, 12, 13])('noise with the default drift gives no source (seed %d)', (seed) => {
  expect(find({ seed, driftDb: 0.02, secondsPerPoint: 0.35 }).sources).toEqual([]);
});

test.each([11, 18, 28])('drift of six times the noise of the filter gives no source (seed %d)', (seed) => {
  const noise = { bandwidthHz: 1e6, integrationS: 0.1, gainError: 0 };
  const plan = { seed, driftDb: 0.02, secondsPerPoint: 1.2, relativeSigma: Math.sqrt(1e-5) };
  expect(find(plan, { ...SETTINGS, noise }).sources).toEqual([]);
});

test.each([
  [59, 96.3, 18.1, 0.0251],
  [11, 306.3, 42.4, 0.0222],
])(
  'a weak source with two peaks in noise is one source (seed %d)',
  (seed, azimuthDeg, elevationDeg, amplitude) => {
    const truth = { azimuthDeg, elevationDeg, amplitude };
    const { sources } = find({ seed, sources: [truth] });
    expect(sources).toHaveLength(1);
    expect(separationDeg(sources[0] as Source, truth)).toBeLessThan(1);
  },
);

const SECTOR = rectangleGrid({ azimuthDeg: 0, elevationDeg: 25 }, 41, 21, 2);
const near = (azimuthDeg: number, elevationDeg: number, amplitude = 0.1) => ({
  azimuthDeg,
  elevationDeg,
  amplitude,
});

test.each([1.1, 1.5])('two equal sources %d beams apart are both found', (beams) => {
  const pair = [near(-3 * beams, 25), near(3 * beams, 25)];
  const { sources } = find({ points: SECTOR, sources: pair });
  expect(sources).toHaveLength(2);
  for (const truth of pair)
    expect(Math.min(...sources.map((source) => separationDeg(source, truth)))).toBeLessThan(1);
});

describe('the beam width', () => {
  test('is measured with the strongest source', () => {
    const plan = { points: SECTOR, sources: [near(3, 24, 0.5)] };
    const { beamWidthDeg, beamWidthErrorDeg, sources } = find(plan, { noise: NOISE });
    expect(Math.abs(beamWidthDeg - 6)).toBeLessThan(4 * (beamWidthErrorDeg ?? 0));
    expect(sources).toHaveLength(1);
  });

  test('is missing if no source is strong enough', () => {
    expect(() => find({ points: SECTOR }, { noise: NOISE })).toThrow(
      /the beam width is unknown and cannot be measured.*set beam_width_deg/,
    );
  });
});

describe('flags', () => {
  const flagsOf = (plan: Plan, change: (sky: SkyMap) => void = () => undefined) => {
    const sky = skyOf({ points: SECTOR, ...plan });
    change(sky);
    return findSources(sky, SETTINGS).sources.map(({ flags }) => flags);
  };

  test('a source twice as wide as the beam is extended', () => {
    expect(flagsOf({ sources: [{ ...near(0, 25), widthDeg: 10 }] })).toEqual([['extended']]);
  });

  test('a weak source two beams from a strong one may be its side lobe', () => {
    expect(flagsOf({ sources: [near(0, 25, 2), near(14, 25, 0.06)] })).toEqual([[], ['sidelobe']]);
  });

  test('a source in a measured side lobe is one, and only on its side', () => {
    // 24 degrees apart, at -10 dB: too strong for the side lobes of common antennas.
    const sky = skyOf({ points: SECTOR, sources: [near(-12, 25, 2), near(12, 25, 0.2)] });
    const flagsWith = (rightDeg: number, levelDb = -10) =>
      findSources(sky, { ...SETTINGS, measuredLobes: [{ rightDeg, upDeg: 0, levelDb }] }).sources.map(
        ({ flags }) => flags,
      );
    // The beam is to the right of the strong source, which is in the lobe on the left.
    const apartDeg = 24 * Math.cos((25 * Math.PI) / 180);
    expect(flagsWith(-apartDeg)).toEqual([[], ['sidelobe']]);
    expect(flagsWith(apartDeg)).toEqual([[], []]);
    expect(flagsWith(-apartDeg, -14)).toEqual([[], []]);
    expect(flagsWith(-apartDeg - 6)).toEqual([[], []]);
  });

  test('a source at the border of the map is at the edge', () => {
    expect(flagsOf({ sources: [near(0, 5)] })).toEqual([['edge']]);
  });

  test('a source that moves a beam while it is measured moves', () => {
    // 8 rows of 41 s cross the beam.
    const moving = { ...near(-6, 25), azimuthSpeed: 0.012 };
    expect(flagsOf({ sources: [moving] })[0]).toContain('moving');
  });

  test('a burst in one row is interference', () => {
    const flags = flagsOf({}, ({ level, row }) => {
      for (let k = 0; k < level.length; k++)
        if (row?.[k] === 10 && k % 41 >= 18 && k % 41 <= 21) level[k] = (level[k] as number) + 0.1;
    });
    expect(flags.length).toBeGreaterThan(0);
    for (const each of flags) expect(each).toContain('rfi');
  });

  test('clipped and masked points mark their source', () => {
    const flags = flagsOf({ sources: [near(0, 25)] }, (sky) => {
      const isNear = (k: number) =>
        separationDeg(
          { azimuthDeg: sky.azimuthDeg[k] as number, elevationDeg: sky.elevationDeg[k] as number },
          near(0, 25),
        ) < 4;
      sky.clipped = Uint8Array.from(sky.level, (_, k) => (isNear(k) ? 1 : 0));
      sky.interference = sky.clipped;
    });
    expect(flags).toEqual([['rfi', 'clipped']]);
  });
});

describe('input', () => {
  test('too few points are refused with their number', () => {
    const sky = skyOf({ points: SECTOR });
    sky.level.fill(NaN, 20);
    expect(() => findSources(sky, SETTINGS)).toThrow(
      '20 of 861 points have a level, the source finder needs 30',
    );
  });

  test('points that do not determine a source are refused: steps of more than a beam width', () => {
    const gridOf = (stepDeg: number) => rectangleGrid({ azimuthDeg: 90, elevationDeg: 20 }, 21, 9, stepDeg);
    expect(() => find({ points: gridOf(8) })).toThrow(
      'the points are too far apart for a beam of 6 deg: scan with steps of at most 6 deg, better a third of it',
    );
    expect(find({ points: gridOf(6) }).points).toBe(189);
  });

  test('a horizon sweep of one row has azimuths; elevations are those of the row within half a beam', () => {
    const row = rectangleGrid({ azimuthDeg: 90, elevationDeg: 20 }, 121, 1, 3);
    const truths = [40, 120, 200].map((azimuthDeg) => ({ azimuthDeg, elevationDeg: 20, amplitude: 0.1 }));
    const { sources } = find({ points: row, sources: truths });
    expect(sources).toHaveLength(3);
    for (const source of sources) {
      const [nearest] = truths
        .map(({ azimuthDeg }) => Math.abs(source.azimuthDeg - azimuthDeg))
        .sort((x, y) => x - y);
      expect(nearest).toBeLessThan(4 * source.azimuthErrorDeg);
      expect(source.azimuthErrorDeg).toBeLessThan(0.3);
      expect(Math.abs(source.elevationDeg - 20)).toBeLessThan(6);
      expect(source.elevationErrorDeg).toBeCloseTo(3, 1);
      expect(source.flags).toContain('edge');
    }
  });

  test('columns of different lengths are refused', () => {
    const sky = { ...skyOf({ points: SECTOR }), timeMs: new Float64Array(3) };
    expect(() => findSources(sky, SETTINGS)).toThrow('column timeMs has 3 values, level has 861');
  });

  test('settings without a meaning are refused', () => {
    expect(() => find({}, { noise: NOISE, beamWidthDeg: 0 })).toThrow('beam width 0 deg is not above 0');
    expect(() => find({}, { noise: { bandwidthHz: NaN, integrationS: 1 } })).toThrow(
      'noise bandwidth NaN Hz',
    );
  });

  test('points without a level are gaps', () => {
    const sky = skyOf({ points: SECTOR, sources: [near(1, 26)] });
    for (let k = 0; k < sky.level.length; k += 7) sky.level[k] = k % 2 ? NaN : 0;
    const [source] = findSources(sky, SETTINGS).sources;
    expect(separationDeg(source as Source, near(1, 26))).toBeLessThan(1);
  });

  test('the caller sees progress and can stop', () => {
    const steps: number[] = [];
    findSources(skyOf({ points: SECTOR }), SETTINGS, { onProgress: (done, of) => steps.push(done / of) });
    expect(steps[0]).toBe(0);
    expect(steps.at(-1)).toBe(1);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    let asked = 0;
    expect(() =>
      findSources(skyOf({ points: SECTOR }), SETTINGS, { shouldStop: () => ++asked === 2 }),
    ).toThrow('the search for sources was cancelled');
  });
});
