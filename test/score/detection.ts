import { findSources } from '../../services/sky-analyst/domain/finder/find-sources.ts';
import type { NoiseSettings } from '../../services/sky-analyst/domain/finder/sky-map.ts';
import { figure, type Figure } from '../bench/row.ts';
import { seededRandom } from '../support/samples.ts';
import { syntheticSky } from '../support/synthetic-sky.ts';
import { ALL_SKY, BEAM_DEG, idealRatio, nearestTo, NOISE, randomPlaces, SIGMA } from './grids.ts';

const RATIOS = [4.5, 5, 5.5, 6, 6.5, 8];
const PER_MAP = 12;
const THRESHOLD = 5.5;
const BOX: Parameters<typeof randomPlaces>[2] = { azimuthDeg: [0, 360], elevationDeg: [8, 72] };
const DEFAULT_DRIFT_DB = 0.02;

/** Share of the sources that are found, by their ratio in the ideal matched filter. */
export function detectionFigures(seed: number, maps: number): Figure[] {
  const found = RATIOS.map(() => ({ sources: 0, found: 0 }));
  for (let map = 0; map < maps; map++) {
    const random = seededRandom(seed + map);
    const places = randomPlaces(random, PER_MAP, BOX, 25);
    const kinds = places.map((_, k) => (k + map) % RATIOS.length);
    const sources = places.map((place, k) => ({
      ...place,
      amplitude: (RATIOS[kinds[k] as number] as number) / idealRatio(ALL_SKY, place),
    }));
    const sky = syntheticSky({
      points: ALL_SKY,
      sources,
      beamWidthDeg: BEAM_DEG,
      relativeSigma: SIGMA,
      seed: seed + map,
    });
    const report = findSources(sky, { noise: NOISE, beamWidthDeg: BEAM_DEG });
    places.forEach((place, k) => {
      const bin = found[kinds[k] as number] as { sources: number; found: number };
      bin.sources++;
      if (nearestTo(place, report.sources, BEAM_DEG / 2)) bin.found++;
    });
  }
  const shares = found.map((bin) => bin.found / bin.sources);
  return [
    ...RATIOS.map((ratio, k) =>
      figure(`found at SNR_mf ${ratio}`, shares[k] as number, '', ratio === 8 ? { min: 0.98 } : undefined),
    ),
    figure('SNR_mf of 50 %: distance from the threshold', Math.abs(halfAt(shares) - THRESHOLD), '', {
      max: 0.3,
    }),
  ];
}

/** Where the share is 50 %, linear between the ratios. */
function halfAt(shares: readonly number[]): number {
  const above = shares.findIndex((share) => share >= 0.5);
  if (above < 1) return NaN;
  const [low, high] = [shares[above - 1] as number, shares[above] as number];
  const [from, to] = [RATIOS[above - 1] as number, RATIOS[above] as number];
  return from + ((0.5 - low) / (high - low)) * (to - from);
}

interface NoiseCase {
  name: string;
  noise: NoiseSettings;
  sigma: number;
  secondsPerPoint: number;
  driftDb: number;
  hasGoal: boolean;
}

const THERMAL: NoiseSettings = { bandwidthHz: 1e6, integrationS: 0.1, gainError: 0 };
const THERMAL_SIGMA = Math.sqrt(1 / 1e5);
const CASES: NoiseCase[] = [
  {
    name: 'default noise and drift, 0.35 s per point',
    noise: NOISE,
    sigma: SIGMA,
    secondsPerPoint: 0.35,
    driftDb: DEFAULT_DRIFT_DB,
    hasGoal: true,
  },
  {
    name: 'thermal noise (5 times as much drift), 0.35 s',
    noise: THERMAL,
    sigma: THERMAL_SIGMA,
    secondsPerPoint: 0.35,
    driftDb: DEFAULT_DRIFT_DB,
    hasGoal: true,
  },
  {
    name: 'thermal noise (6 times as much drift), 1.2 s',
    noise: THERMAL,
    sigma: THERMAL_SIGMA,
    secondsPerPoint: 1.2,
    driftDb: DEFAULT_DRIFT_DB,
    hasGoal: true,
  },
  {
    name: 'thermal noise, drift of 0.1 dB, 0.35 s',
    noise: THERMAL,
    sigma: THERMAL_SIGMA,
    secondsPerPoint: 0.35,
    driftDb: 0.1,
    hasGoal: false,
  },
];

/** Sources in maps without any, and how much of the drift is left. */
export function falseAlarmFigures(seed: number, maps: number): Figure[] {
  return CASES.flatMap(({ name, noise, sigma, secondsPerPoint, driftDb, hasGoal }) => {
    let [alarms, residue] = [0, 0];
    for (let map = 0; map < maps; map++) {
      const sky = syntheticSky({
        points: ALL_SKY,
        beamWidthDeg: BEAM_DEG,
        relativeSigma: sigma,
        secondsPerPoint,
        driftDb,
        seed: seed + map,
      });
      const report = findSources(sky, { noise, beamWidthDeg: BEAM_DEG });
      alarms += report.sources.length;
      residue += (report.noiseScale * report.correlation) / maps;
    }
    return [
      figure(`false alarms in ${maps} maps: ${name}`, alarms, '', hasGoal ? { exactly: 0 } : undefined),
      figure(`noise of the filter relative to thermal: ${name}`, residue, ''),
    ];
  });
}
