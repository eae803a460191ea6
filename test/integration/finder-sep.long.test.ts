import { spawnSync } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
import { separationDeg } from '#shared/sky/pointing';
import { degToRad } from '#shared/sky/units';
import { findSources } from '../../services/sky-analyst/domain/finder/find-sources.ts';
import { fitGroup, type FittedSource } from '../../services/sky-analyst/domain/finder/fit-group.ts';
import { createNeighbours } from '../../services/sky-analyst/domain/finder/neighbours.ts';
import {
  directionInPlane,
  tangentPlaneAt,
  vectorOf,
  vectorsOf,
} from '../../services/sky-analyst/domain/finder/sphere.ts';
import { describeUnless } from '../support/peers.ts';
import { seededRandom } from '../support/samples.ts';
import { rectangleGrid, syntheticSky } from '../support/synthetic-sky.ts';

/** That of Debian, to which python3-sep belongs. */
const PYTHON = '/usr/bin/python3';
const FIND =
  "import sys, importlib.util as u; sys.exit(u.find_spec('sep') is None or u.find_spec('scipy') is None)";

// sep detects with the same matched filter, noise and threshold on the same maps. They do not
// drift, so only their median is subtracted. scipy fits the same Gaussian curve and offset in the
// plane.
const SCRIPT = `
import json, sys
import numpy as np, sep
from scipy.optimize import curve_fit

job = json.load(sys.stdin)
beam, step, threshold = job['beam'], job['step'], job['threshold']
half = int(np.ceil(beam / step))
axis = np.arange(-half, half + 1) * step
kernel = 2.0 ** -(4 * (axis[:, None] ** 2 + axis[None, :] ** 2) / beam ** 2)

def detect(level):
    level = np.array(level)
    data = np.ascontiguousarray(level - np.median(level))
    # With one number for all pixels, sep would only convolve.
    objects = sep.extract(data, threshold, err=np.full_like(data, job['sigma']), minarea=1, filter_kernel=kernel,
                          filter_type='matched', deblend_cont=0.005)
    return [[float(x), float(y)] for x, y in zip(objects['x'], objects['y'])]

def gauss(at, a, x, y, offset):
    return a * 2.0 ** -(4 * ((at[0] - x) ** 2 + (at[1] - y) ** 2) / beam ** 2) + offset

def fit(case):
    at, level, sigma = np.array(case['at']).T, np.array(case['level']), np.array(case['sigma'])
    best, covariance = curve_fit(gauss, at, level, p0=case['start'], sigma=sigma, absolute_sigma=True,
                                 ftol=1e-12, xtol=1e-12)
    return dict(best=best.tolist(), covariance=covariance.tolist())

print(json.dumps(dict(maps=[detect(m) for m in job['maps']], fits=[fit(f) for f in job['fits']])))
`;

const BEAM_DEG = 6;
const STEP_DEG = 2;
const COLUMNS = 151;
const ROWS = 13;
const THRESHOLD = 5.5;
const NOISE = { bandwidthHz: 2e6, integrationS: 0.1 };
const SIGMA = Math.sqrt(1 / 2e5 + 0.005 ** 2);
// Azimuth and elevation are flat within 2.5 % up to 12 degrees from the horizon.
const GRID = rectangleGrid({ azimuthDeg: 0, elevationDeg: 0 }, COLUMNS, ROWS, STEP_DEG);
const MAPS = 40;
const PER_MAP = 4;
/** Peaks over the noise of a point: SNR_mf 5 to 9. */
const PEAKS = [2.2, 2.6, 3, 4];

const maps = Array.from({ length: MAPS }, (_, k) => {
  const random = seededRandom(30_000 + k);
  const sources = Array.from({ length: PER_MAP }, (_, n) => ({
    azimuthDeg: -90 + 60 * n + 6 * (random() - 0.5),
    elevationDeg: 8 * (random() - 0.5),
    amplitude: (PEAKS[n % PEAKS.length] as number) * SIGMA,
  }));
  const plan = { points: GRID, sources, beamWidthDeg: BEAM_DEG, relativeSigma: SIGMA, seed: 40_000 + k };
  return { sources, sky: syntheticSky(plan) };
});

/** Points around a source at the horizon, as the fit uses them, and its start. */
const fits = Array.from({ length: 20 }, (_, k) => {
  const random = seededRandom(50_000 + k);
  const amplitude = (5 + 45 * random()) * SIGMA;
  const place = { azimuthDeg: 2 * random() - 1, elevationDeg: 2 * random() - 1 };
  const points = rectangleGrid({ azimuthDeg: 0, elevationDeg: 0 }, 7, 7, STEP_DEG);
  const plan = { points, sources: [{ ...place, amplitude }], beamWidthDeg: BEAM_DEG, seed: 60_000 + k };
  const { azimuthDeg, elevationDeg, level, timeMs } = syntheticSky({ ...plan, relativeSigma: SIGMA });
  return { azimuthDeg, elevationDeg, timeMs, amplitude, level: level.map((value) => value - 1) };
});

interface Answer {
  maps: [number, number][][];
  fits: { best: [number, number, number, number]; covariance: number[][] }[];
}

const isInstalled = spawnSync(PYTHON, ['-c', FIND]).status === 0;

describeUnless(isInstalled ? undefined : 'python3-sep or python3-scipy not installed', 'the finder', () => {
  let answer: Answer;
  beforeAll(() => {
    answer = askPython();
  });

  test('detects as many sources as sep at the same threshold, within 5 points, and no false ones', () => {
    const counts = { ours: 0, theirs: 0, falseOurs: 0 };
    maps.forEach(({ sources, sky }, k) => {
      const ours = findSources(sky, {
        noise: NOISE,
        beamWidthDeg: BEAM_DEG,
        thresholdSigma: THRESHOLD,
      }).sources;
      const theirs = (answer.maps[k] ?? []).map(([x, y]) => ({
        azimuthDeg: (x - (COLUMNS - 1) / 2) * STEP_DEG,
        elevationDeg: (y - (ROWS - 1) / 2) * STEP_DEG,
      }));
      for (const source of sources) {
        const isFoundIn = (found: readonly { azimuthDeg: number; elevationDeg: number }[]) =>
          found.some((each) => separationDeg(each, source) < BEAM_DEG / 2) ? 1 : 0;
        counts.ours += isFoundIn(ours);
        counts.theirs += isFoundIn(theirs);
      }
      counts.falseOurs += ours.filter((each) =>
        sources.every((source) => separationDeg(each, source) > BEAM_DEG),
      ).length;
    });
    const total = MAPS * PER_MAP;
    expect(counts.theirs / total).toBeGreaterThan(0.3);
    expect(counts.theirs / total).toBeLessThan(0.95);
    expect(Math.abs(counts.ours - counts.theirs) / total).toBeLessThan(0.05);
    expect(counts.falseOurs).toBe(0);
  });

  test('fits the amplitude, the position and the covariance of scipy', () => {
    fits.forEach(({ azimuthDeg, elevationDeg, level, timeMs, amplitude }, k) => {
      const { best, covariance } = answer.fits[k] as Answer['fits'][number];
      const vectors = vectorsOf(azimuthDeg, elevationDeg);
      const direction = vectorOf(0, 0);
      const beamWidth = degToRad(BEAM_DEG);
      const start: FittedSource = {
        direction,
        amplitude,
        width: beamWidth,
        widthSigma: undefined,
        covariance: [0, 0, 0],
      };
      const neighbours = createNeighbours(vectors, beamWidth);
      const sigma = level.map(() => SIGMA);
      const input = { vectors, neighbours, timeMs, level, sigma, beamWidth };
      const source = fitGroup(input, [start], { width: false, motion: false })?.sources[0] as FittedSource;
      const expected = directionInPlane(tangentPlaneAt(direction), degToRad(best[1]), degToRad(best[2]));
      const [xx, , yy] = source.covariance;
      expect(source.amplitude / best[0]).toBeCloseTo(1, 2);
      // A plane differs from the sphere by less than 1 % of an error.
      const distance = Math.hypot(...source.direction.map((part, axis) => part - (expected[axis] as number)));
      expect(distance / Math.sqrt(xx + yy)).toBeLessThan(0.05);
      expect(xx / degToRad(1) ** 2 / (covariance[1]?.[1] as number)).toBeCloseTo(1, 1);
      expect(yy / degToRad(1) ** 2 / (covariance[2]?.[2] as number)).toBeCloseTo(1, 1);
    });
  });
});

function askPython(): Answer {
  const reach = 1.25 * BEAM_DEG;
  const job = {
    beam: BEAM_DEG,
    step: STEP_DEG,
    threshold: THRESHOLD,
    sigma: SIGMA,
    maps: maps.map(({ sky: { level, row, azimuthDeg } }) => {
      const image = Array.from({ length: ROWS }, () => new Array<number>(COLUMNS).fill(0));
      level.forEach((value, k) => {
        const column = Math.round((azimuthDeg[k] as number) / STEP_DEG + (COLUMNS - 1) / 2);
        (image[row?.[k] as number] as number[])[column] = value;
      });
      return image;
    }),
    fits: fits.map(({ azimuthDeg, elevationDeg, level, amplitude }) => {
      const used = Array.from(level, (_, k) => k).filter(
        (k) =>
          separationDeg(
            { azimuthDeg: azimuthDeg[k] as number, elevationDeg: elevationDeg[k] as number },
            { azimuthDeg: 0, elevationDeg: 0 },
          ) <= reach,
      );
      return {
        at: used.map((k) => [azimuthDeg[k], elevationDeg[k]]),
        level: used.map((k) => level[k]),
        sigma: used.map(() => SIGMA),
        start: [amplitude, 0, 0, 0],
      };
    }),
  };
  const options = { input: JSON.stringify(job), maxBuffer: 16 * 1024 * 1024 };
  const { stdout, stderr, status } = spawnSync(PYTHON, ['-c', SCRIPT], options);
  if (status !== 0) throw new Error(stderr.toString());
  return JSON.parse(stdout.toString()) as Answer;
}
