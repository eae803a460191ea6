import { separationDeg, type Pointing } from '#shared/sky/pointing';
import { degToRad } from '#shared/sky/units';
import { findSources } from '../../services/sky-analyst/domain/finder/find-sources.ts';
import type { Source } from '../../services/sky-analyst/domain/finder/describe-sources.ts';
import { figure, type Figure } from '../bench/row.ts';
import { seededRandom } from '../support/samples.ts';
import { syntheticSky } from '../support/synthetic-sky.ts';
import { BEAM_DEG, gainAt, idealRatio, nearestTo, NOISE, randomPlaces, SECTOR, SIGMA } from './grids.ts';

/** Peak over the noise of a point. */
const PEAKS = [3, 5, 10, 30, 100];
const PER_MAP = 4;
const BOX: Parameters<typeof randomPlaces>[2] = { azimuthDeg: [-52, 52], elevationDeg: [10, 40] };
const OUTLIER_DEG = BEAM_DEG / 2;
/** 68 % of a normal distribution in two dimensions are within this distance, in sigma^2. */
const CHI_SQUARE_68 = -2 * Math.log(1 - 0.68);

/** Errors of positions relative to the bound of Cramer and Rao, and coverage of the ellipses. */
export function positionFigures(seed: number, maps: number): Figure[] {
  let [inside, ellipses] = [0, 0];
  const figures = PEAKS.flatMap((peak) => {
    let [outliers, count, sum] = [0, 0, 0];
    for (let map = 0; map < maps; map++) {
      const places = randomPlaces(seededRandom(seed + map), PER_MAP, BOX, 26);
      const amplitude = peak * SIGMA;
      const sky = syntheticSky({
        points: SECTOR,
        sources: places.map((place) => ({ ...place, amplitude })),
        beamWidthDeg: BEAM_DEG,
        relativeSigma: SIGMA,
        seed: seed + map,
      });
      const { sources } = findSources(sky, { noise: NOISE, beamWidthDeg: BEAM_DEG });
      for (const place of places) {
        count++;
        const source = nearestTo(place, sources, OUTLIER_DEG);
        if (!source) {
          outliers++;
          continue;
        }
        const error = planeError(place, source);
        sum += chiSquare(error, boundOf(place, amplitude)) / 2;
        if (peak < 5) continue;
        ellipses++;
        if (chiSquare(error, source.covarianceDeg2) <= CHI_SQUARE_68) inside++;
      }
    }
    const name = `position at SNR_peak ${peak}: `;
    const goal = peak < 5 ? 1.4 : 1.15;
    return [
      figure(`${name}rms over the bound`, Math.sqrt(sum / (count - outliers)), '', { max: goal }),
      figure(`${name}not found, or half a beam off`, outliers / count, '', { max: peak < 5 ? 0.07 : 0.01 }),
    ];
  });
  const coverage = inside / ellipses;
  return [
    ...figures,
    figure('share of positions in their 68 % ellipse', coverage, ''),
    figure('distance of this share from 0.68', Math.abs(coverage - 0.68), '', { max: 0.02 }),
  ];
}

/** Right and up, degrees. */
function planeError(place: Pointing, source: Source): [number, number] {
  const up = source.elevationDeg - place.elevationDeg;
  const turn = ((source.azimuthDeg - place.azimuthDeg + 540) % 360) - 180;
  return [turn * Math.cos(degToRad(place.elevationDeg)), up];
}

type Square = readonly [readonly [number, number], readonly [number, number]];

function chiSquare([x, y]: [number, number], [[xx, xy], [, yy]]: Square): number {
  return (yy * x * x - 2 * xy * x * y + xx * y * y) / (xx * yy - xy * xy);
}

/** The inverse of the Fisher matrix of amplitude and position, derivatives by differences. */
function boundOf(place: Pointing, amplitude: number): Square {
  const step = 1e-3;
  const cosine = Math.cos(degToRad(place.elevationDeg));
  const shifted = (x: number, y: number) => ({
    azimuthDeg: place.azimuthDeg + x / cosine,
    elevationDeg: place.elevationDeg + y,
  });
  const fisher = [0, 1, 2].map(() => [0, 0, 0]) as [number[], number[], number[]];
  for (const point of SECTOR) {
    if (separationDeg(point, place) > 3 * BEAM_DEG) continue;
    const gain = gainAt(point, place);
    const sigma = SIGMA * (1 + amplitude * gain);
    const derivative = (x: number, y: number) =>
      (amplitude * (gainAt(point, shifted(x, y)) - gainAt(point, shifted(-x, -y)))) / (2 * step);
    const gradient = [gain, derivative(step, 0), derivative(0, step)];
    for (const i of [0, 1, 2] as const)
      for (const j of [0, 1, 2])
        fisher[i][j] =
          (fisher[i][j] as number) + ((gradient[i] as number) * (gradient[j] as number)) / sigma ** 2;
  }
  const [[aa, ax, ay], [, xx, xy], [, , yy]] = fisher as [number[], number[], number[]] & number[][];
  // Without the amplitude, which hardly depends on the position.
  const a = aa as number;
  const [fxx, fxy, fyy] = [
    (xx as number) - (ax as number) ** 2 / a,
    (xy as number) - ((ax as number) * (ay as number)) / a,
    (yy as number) - (ay as number) ** 2 / a,
  ];
  const determinant = fxx * fyy - fxy * fxy;
  return [
    [fyy / determinant, -fxy / determinant],
    [-fxy / determinant, fxx / determinant],
  ];
}

const PAIR_RATIO = 20;
const PAIRS: { beams: number; goal: number }[] = [
  { beams: 1, goal: 0.9 },
  { beams: 1.25, goal: 0.95 },
  { beams: 1.5, goal: 0.98 },
];

/** Two equal sources near each other: both found, each within 0.3 beam widths. */
export function deblendingFigures(seed: number, maps: number): Figure[] {
  const both = PAIRS.map(({ beams, goal }) => {
    let found = 0;
    for (let map = 0; map < maps; map++) {
      const random = seededRandom(seed + map);
      const [middle] = randomPlaces(random, 1, BOX, 0) as [Pointing];
      const angle = Math.PI * random();
      const half = (beams * BEAM_DEG) / 2;
      const pair = [1, -1].map((sign) => ({
        azimuthDeg:
          middle.azimuthDeg + (sign * half * Math.cos(angle)) / Math.cos(degToRad(middle.elevationDeg)),
        elevationDeg: middle.elevationDeg + sign * half * Math.sin(angle),
      }));
      const sources = searched(pair, seed + map);
      const matches = pair.map((place) => nearestTo(place, sources, 0.3 * BEAM_DEG));
      if (matches[0] && matches[1] && matches[0] !== matches[1] && sources.length === 2) found++;
    }
    return figure(`both of two sources ${beams} beams apart`, found / maps, '', { min: goal });
  });
  let split = 0;
  for (let map = 0; map < maps; map++) {
    const places = randomPlaces(seededRandom(seed + map), 1, BOX, 0);
    if (searched(places, seed + map).length !== 1) split++;
  }
  return [...both, figure('one source split in two', split / maps, '', { max: 0.01 })];
}

function searched(places: readonly Pointing[], seed: number): Source[] {
  const sources = places.map((place) => ({ ...place, amplitude: PAIR_RATIO / idealRatio(SECTOR, place) }));
  const plan = { points: SECTOR, sources, beamWidthDeg: BEAM_DEG, relativeSigma: SIGMA, seed };
  return findSources(syntheticSky(plan), { noise: NOISE, beamWidthDeg: BEAM_DEG }).sources;
}
