import { SIGMA_TO_MAD } from '../robust-sigma.ts';
import { medianOf } from '#shared/spectrum/median';
import { fitLegendre, legendreSum } from './polynomial.ts';
import { robustScatter } from './robust.ts';
import { isLong, type Row } from './rows.ts';

const MAX_ORDER = 4;
/** A polynomial of one order more bends once more; a source is not to look like a bend. */
const BEAMS_PER_ORDER = 6;
/** Deviations from the baseline that count as a source. */
const SOURCE_SIGMA = 3;
const FITS = 3;

export interface RowBaselines {
  baselines: Float64Array;
  /** Their standard deviation where they are interpolated, else 0. */
  sigma: Float64Array;
}

/**
 * The level of each row as a function of time, which contains the drift of the gain: a polynomial
 * by least squares without the points that deviate by 3 sigma. Its order is the same for all rows,
 * the one with the lowest Bayesian information criterion (Schwarz 1978): 0 without drift. Rows that
 * a source can cover (near the zenith) get the level between their neighbours in time.
 * @param relativeSigma Standard deviation of noise relative to the level.
 */
export function rowBaselines(
  rows: readonly Row[],
  level: Float64Array,
  timeMs: Float64Array,
  beamWidth: number,
  relativeSigma: number,
): RowBaselines {
  const long = rows.filter((row) => isLong(row, beamWidth));
  const baselines = new Float64Array(level.length);
  const sigma = new Float64Array(level.length);
  if (long.length === 0) return { baselines: baselines.fill(medianOf(level.slice())), sigma };
  const columns = long.map((row) => columnOf(row, level, timeMs, beamWidth));
  const scatter = Math.max(relativeSigma * 1e-3, scatterOf(columns));
  let best: Float64Array[] | undefined;
  let lowest = Infinity;
  for (let order = 0; order <= MAX_ORDER; order++) {
    const fits = columns.map((column) => fitRow(column, Math.min(order, column.maxOrder), scatter));
    const criterion = fits.reduce((sum, { cost }) => sum + cost, 0);
    if (criterion >= lowest) continue;
    lowest = criterion;
    best = fits.map(({ baseline }) => baseline);
  }
  long.forEach(({ points }, row) => {
    points.forEach((point, k) => (baselines[point] = (best?.[row] as Float64Array)[k] as number));
  });
  interpolateOthers(rows, long, { baselines, sigma }, timeMs);
  return { baselines, sigma };
}

interface Column {
  /** Relative to the median, which makes the scatter of all rows the same. */
  values: Float64Array;
  median: number;
  /** Time, from -1 to 1. */
  x: Float64Array;
  maxOrder: number;
}

function columnOf(
  { points, length }: Row,
  level: Float64Array,
  timeMs: Float64Array,
  beamWidth: number,
): Column {
  const median = medianOf(Float64Array.from(points, (point) => level[point] as number));
  const first = timeMs[points[0] as number] as number;
  const span = (timeMs[points.at(-1) as number] as number) - first;
  return {
    values: Float64Array.from(points, (point) => (level[point] as number) / median - 1),
    median,
    x: Float64Array.from(points, (point) =>
      span > 0 ? (2 * ((timeMs[point] as number) - first)) / span - 1 : 0,
    ),
    maxOrder: Math.max(0, Math.min(Math.floor(length / (BEAMS_PER_ORDER * beamWidth)), points.length >> 3)),
  };
}

/** From differences of consecutive points, which drift hardly affects. */
function scatterOf(columns: readonly Column[]): number {
  const differences = columns.flatMap(({ values }) =>
    Array.from(values.subarray(1), (value, k) => (value - (values[k] as number)) / Math.SQRT2),
  );
  return robustScatter(Float64Array.from(differences));
}

/** `cost`: deviations, at most 3 sigma each, and the price of the coefficients. */
function fitRow({ values, median, x }: Column, order: number, sigma: number) {
  const basis = new Float64Array(order + 1);
  const weights = values.map((value) => (Math.abs(value) <= SOURCE_SIGMA * sigma ? 1 : 0));
  let model = new Float64Array(values.length);
  for (let fit = 0; fit < FITS; fit++) {
    // Drift may move most points away from the median of the row: the first fit has all points.
    const isFirst = fit === 0 && order > 0;
    const coefficients = fitLegendre(order, x, values, isFirst ? softWeights(values, sigma) : weights);
    if (!coefficients) break;
    model = x.map((at) => legendreSum(coefficients, at, basis));
    for (let k = 0; k < weights.length; k++)
      weights[k] = Math.abs((values[k] as number) - (model[k] as number)) <= SOURCE_SIGMA * sigma ? 1 : 0;
  }
  let cost = (order + 1) * Math.log(values.length);
  for (let k = 0; k < values.length; k++)
    cost += Math.min(SOURCE_SIGMA, Math.abs((values[k] as number) - (model[k] as number)) / sigma) ** 2;
  return { cost, baseline: model.map((value) => median * (1 + value)) };
}

/** Weights of a Cauchy distribution: distant points count less, but none is lost. */
function softWeights(values: Float64Array, sigma: number): Float64Array {
  return values.map((value) => 1 / (1 + (value / (SOURCE_SIGMA * sigma)) ** 2));
}

function interpolateOthers(
  rows: readonly Row[],
  long: readonly Row[],
  { baselines, sigma }: RowBaselines,
  timeMs: Float64Array,
): void {
  const mean = (points: Int32Array, of: Float64Array) =>
    points.reduce((sum, point) => sum + (of[point] as number), 0) / points.length;
  const nodes = long
    .map(({ points }) => ({ time: mean(points, timeMs), level: mean(points, baselines) }))
    .sort((a, b) => a.time - b.time);
  const steps = nodes.slice(1).map(({ level }, k) => level - (nodes[k] as (typeof nodes)[number]).level);
  const step = steps.length > 0 ? medianOf(Float64Array.from(steps, Math.abs)) * SIGMA_TO_MAD : 0;
  const isLong = new Set(long);
  for (const row of rows) {
    if (isLong.has(row)) continue;
    const time = mean(row.points, timeMs);
    const next = nodes.findIndex((node) => node.time > time);
    const after = nodes.at(next) as (typeof nodes)[number];
    const before = next > 0 ? (nodes[next - 1] as (typeof nodes)[number]) : after;
    const share = before === after ? 0 : (time - before.time) / (after.time - before.time);
    for (const point of row.points) {
      baselines[point] = before.level + share * (after.level - before.level);
      sigma[point] = step;
    }
  }
}
