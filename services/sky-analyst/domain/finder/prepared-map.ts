import { medianOf } from '#shared/spectrum/median';
import { annulusBackground } from './background.ts';
import { createMatchedFilter, type MatchedFilter } from './matched-filter.ts';
import type { Points, Sweeps } from './points.ts';
import { SIGMA_TO_MAD } from '../robust-sigma.ts';
import { beyondNoise, robustScatter } from './robust.ts';
import { baselinesOf } from './baselines.ts';
import { createSensitivity, type Sensitivity } from './sensitivity.ts';
import { vectorAt } from './sphere.ts';
import { meansIn } from './thinning.ts';

/** One value for each of `Points`. */
export interface PreparedMap {
  /** Row baseline and background. */
  background: Float64Array;
  /** Of interpolated baselines, else 0. */
  baselineSigma: Float64Array;
  /** The level above it, with all sources. */
  above: Float64Array;
  /** Of each level, scaled to the real scatter. */
  sigma: Float64Array;
  /** Standard deviation of the noise of a measured point relative to its level, as expected. */
  relativeSigma: number;
  /** The scatter of the levels relative to the noise that was expected. */
  noiseScale: number;
  /**
   * The scatter of the matched filter's output relative to that of noise and the drift that was
   * found, at least 1: what is left of drift and of the background is correlated.
   */
  correlation: number;
  /** Signal-to-noise ratio of a source at each point, after subtraction of the model. */
  ratios: Float64Array;
  /** Of the levels without the model. */
  filter: MatchedFilter;
  /** The levels of the sources that are subtracted. */
  model: Float64Array;
  sensitivity: Sensitivity;
}

/**
 * The model of a bright source is wrong by a part of its level, mostly because beams are not
 * Gaussian; this is no evidence of another source.
 */
export const MODEL_ERROR = 0.02;
/** A ratio that is a source rather than noise, for the scatter. */
const SOURCE_RATIO = 3.5;

/** Independent values of the filter per point: 2,560 in a map of 4,320 points. */
const INDEPENDENT = 0.6;

/**
 * Baselines, background, noise and matched filter of a map whose sources are subtracted. The rows
 * get their baselines as they were measured; what is left is averaged if the map is dense.
 * @param level Of each measured point.
 * @param measuredModel Levels of the sources at each measured point.
 * @param relativeSigma Standard deviation of the noise of a measured point relative to its level.
 */
export function prepareMap(
  points: Points,
  sweeps: Sweeps,
  level: Float64Array,
  measuredModel: Float64Array,
  relativeSigma: number,
): PreparedMap {
  const { bins, rows, timeMs } = sweeps;
  const { vectors, neighbours, counts, beamWidth } = points;
  const averaged = (column: Float64Array) => (bins ? meansIn(bins, column) : column);
  const rest = level.map((value, k) => value - (measuredModel[k] as number));
  const {
    baselines: levels,
    sigma: levelSigma,
    drift,
    leverage,
  } = baselinesOf(rows, rest, timeMs, beamWidth, relativeSigma);
  const flat = averaged(rest.map((value, k) => value - (levels[k] as number)));
  const baselines = averaged(levels);
  // All points of a row have the same error: it does not fall with their number.
  const baselineSigma = averaged(levelSigma);
  const model = averaged(measuredModel);
  const expected = baselines.map(
    (value, k) => (Math.abs(value + (model[k] as number)) * relativeSigma) / Math.sqrt(counts[k] as number),
  );
  const scaleOf = (values: Float64Array) =>
    robustScatter(values.map((value, k) => value / (expected[k] as number))) / Math.sqrt(1 - leverage);
  const scatter = scaleOf(flat);
  const ripple = annulusBackground(
    vectors,
    neighbours,
    flat,
    expected.map((value) => value * scatter),
    beamWidth,
  );
  const residual = flat.map((value, k) => value - (ripple[k] as number));
  const noiseScale = scaleOf(residual);
  const sigma = expected.map((value, k) => Math.hypot(value * noiseScale, baselineSigma[k] as number));
  const detectionSigma = sigma.map((value, k) => Math.hypot(value, MODEL_ERROR * (model[k] as number)));
  const filter = createMatchedFilter(vectors, neighbours, residual, detectionSigma, beamWidth);
  const sensitivity = createSensitivity(points, sweeps, drift);
  const share = sensitivity.map();
  const ratios = filter.map().map((ratio, k) => ratio / Math.sqrt(share[k] as number));
  const correlation = correlationOf(ratios, points);
  return {
    background: baselines.map((value, k) => value + (ripple[k] as number)),
    baselineSigma,
    above: residual.map((value, k) => value + (model[k] as number)),
    sigma,
    relativeSigma,
    noiseScale,
    correlation,
    ratios: ratios.map((ratio) => ratio / correlation),
    filter,
    model,
    sensitivity,
  };
}

/** `PreparedMap.correlation` of ratios that do not have it yet. */
export function correlationOf(ratios: Float64Array, points: Points): number {
  const error = 1 / Math.sqrt(2 * INDEPENDENT * ratios.length);
  return 1 + beyondNoise(Math.max(0, scatterBesideSources(ratios, points) - 1), error);
}

/**
 * The scatter of the matched filter's output where it shows no source: without the points within a
 * beam width of a ratio above 3.5. Weak sources of a small map would raise it.
 */
function scatterBesideSources(ratios: Float64Array, { vectors, neighbours, beamWidth }: Points): number {
  const median = medianOf(ratios.slice());
  // Sources raise ratios only, so the lower half gives a first scatter.
  const lower = ratios.filter((ratio) => ratio < median).map((ratio) => median - ratio);
  const limit = median + SOURCE_RATIO * Math.max(1, SIGMA_TO_MAD * medianOf(lower));
  const isNear = new Uint8Array(ratios.length);
  ratios.forEach((ratio, point) => {
    if (ratio < limit) return;
    const count = neighbours.near(vectorAt(vectors, point), beamWidth);
    for (let n = 0; n < count; n++) isNear[neighbours.index[n] as number] = 1;
  });
  const rest = ratios.filter((_, point) => isNear[point] === 0);
  return robustScatter(rest.length > ratios.length / 4 ? rest : ratios);
}
