import { expect, test } from 'vitest';
import { separationDeg, type Pointing } from '#shared/sky/pointing';
import { degToRad } from '#shared/sky/units';
import {
  rectangleGrid,
  sweptGrid,
  syntheticSky,
  type SkyPoint,
} from '../../../../test/support/synthetic-sky.ts';
import { chanceAbove } from '../statistics/chi-square.ts';
import type { Source } from './describe-sources.ts';
import { findSources } from './find-sources.ts';

const BEAM_DEG = 6;
const STEP_DEG = 2;
const CENTRE = { azimuthDeg: 0, elevationDeg: 25 };
const SIGMA = Math.sqrt(1 / 2e5 + 0.005 ** 2);
const PAIRS = 6;

const STOP_AND_GO = rectangleGrid(CENTRE, 61, 24, STEP_DEG);
const ON_THE_FLY = sweptGrid(CENTRE, 61, 24, STEP_DEG, { secondsPerPoint: 0.35, turnSeconds: 6 });

/** SNR_mf 8 to 10: below those of which the width is fitted. */
const TRUE_SOURCES = [
  { azimuthDeg: -45.3, elevationDeg: 14.2 },
  { azimuthDeg: -12.6, elevationDeg: 17.7 },
  { azimuthDeg: 20.1, elevationDeg: 12.9 },
  { azimuthDeg: -30.4, elevationDeg: 34.1 },
  { azimuthDeg: 6.7, elevationDeg: 36.5 },
  { azimuthDeg: 44.9, elevationDeg: 30.3 },
].map((place) => ({ ...place, amplitude: 4.2 * SIGMA * Math.sqrt(Math.cos(degToRad(place.elevationDeg))) }));

function measured(points: readonly SkyPoint[], secondsPerPoint: number, seed: number): Source[] {
  const plan = { points, sources: TRUE_SOURCES, beamWidthDeg: BEAM_DEG, secondsPerPoint, driftDb: 0.02 };
  const sky = syntheticSky({ ...plan, relativeSigma: SIGMA, seed });
  const noise = { bandwidthHz: 2e6, integrationS: 0.1 };
  const { sources } = findSources({ ...sky, row: undefined }, { noise, beamWidthDeg: BEAM_DEG });
  expect(sources).toHaveLength(TRUE_SOURCES.length);
  return TRUE_SOURCES.map((place) => {
    const found = sources.find((source) => separationDeg(source, place) < BEAM_DEG / 2);
    expect(found).toBeDefined();
    return found as Source;
  });
}

/**
 * Variance of a fitted level, with the free offset of the fit, relative to that of the matched
 * filter: n sum(g^2) / (n sum(g^2) - sum(g)^2) over the points of the fit, within 1.25 beams.
 */
function varianceOfOffset(place: Pointing): number {
  let [count, sum, squares] = [0, 0, 0];
  for (const point of STOP_AND_GO) {
    const beams = separationDeg(point, place) / BEAM_DEG;
    if (beams > 1.25) continue;
    const gain = 2 ** -(4 * beams ** 2);
    count++;
    sum += gain;
    squares += gain ** 2;
  }
  return (count * squares) / (count * squares - sum ** 2);
}

/** Squares of the differences in position and level divided by their errors. */
function chiSquareOf(a: Source, b: Source): { position: number; level: number } {
  const [xx, xy, yy] = [
    a.covarianceDeg2[0][0] + b.covarianceDeg2[0][0],
    a.covarianceDeg2[0][1] + b.covarianceDeg2[0][1],
    a.covarianceDeg2[1][1] + b.covarianceDeg2[1][1],
  ];
  const turn = ((((a.azimuthDeg - b.azimuthDeg + 180) % 360) + 360) % 360) - 180;
  const [x, y] = [turn * Math.cos(degToRad(a.elevationDeg)), a.elevationDeg - b.elevationDeg];
  return {
    position: (yy * x * x - 2 * xy * x * y + xx * y * y) / (xx * yy - xy * xy),
    level: (a.peak - b.peak) ** 2 / ((a.peak / a.snr) ** 2 + (b.peak / b.snr) ** 2) / varianceOfOffset(a),
  };
}

test('a sky measured on the fly has the sources of the one measured point by point, within their errors', () => {
  const sums = { position: 0, level: 0, count: 0 };
  for (let pair = 0; pair < PAIRS; pair++) {
    const swept = measured(ON_THE_FLY, 0.35, 300 + pair);
    const stepped = measured(STOP_AND_GO, 1.2, 400 + pair);
    swept.forEach((source, k) => {
      const { position, level } = chiSquareOf(source, stepped[k] as Source);
      sums.position += position;
      sums.level += level;
      sums.count++;
    });
  }
  // Each sum is within the central 99.9 % of its distribution.
  for (const [sum, freedom] of [
    [sums.position, 2 * sums.count],
    [sums.level, sums.count],
  ] as const) {
    expect(chanceAbove(sum, freedom)).toBeGreaterThan(0.0005);
    expect(chanceAbove(sum, freedom)).toBeLessThan(0.9995);
  }
});
