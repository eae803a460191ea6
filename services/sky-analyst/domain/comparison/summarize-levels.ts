import { medianOf } from '#shared/spectrum/median';
import { SIGMA_TO_MAD } from '../robust-sigma.ts';
import { POOLED_DEGREES } from './anomaly-threshold.ts';

/** Statistics of the levels of each cell over sessions; NaN: none. */
export interface LevelSummary {
  sessions: number;
  count: Float32Array;
  centreDb: Float32Array;
  /** Moderated; NaN with one session. */
  spreadDb: Float32Array;
  /** Of a typical cell; undefined with one session. */
  pooledSpreadDb: number | undefined;
}

/** A level without a value. */
const NONE = -32_768;
const CODE_DB = 0.01;
/** Rounding to codes: the spread of levels that are all alike. */
const CODE_SPREAD_DB = CODE_DB / Math.sqrt(12);
/** Values farther from the median, in moderated spreads, do not count. */
const CLIP = 3.5;

/**
 * The usual level of each cell: the mean of the values within 3.5 spreads of the median, and
 * their spread. Few sessions determine the spread of a cell badly, so it is moderated: s^2 = (50
 * s0^2 + d s_i^2) / (50 + d), s0 that of the typical cell and d = n - 1 (Smyth 2004, empirical
 * Bayes).
 * @param levels Of each session, 0.01 dB by cell; -32768: none.
 */
export function summarizeLevels(cells: number, levels: readonly Int16Array[]): LevelSummary {
  const summary = {
    sessions: levels.length,
    count: new Float32Array(cells),
    centreDb: new Float32Array(cells).fill(NaN),
    spreadDb: new Float32Array(cells).fill(NaN),
  };
  const median = new Float64Array(cells).fill(NaN);
  const variance = new Float64Array(cells).fill(NaN);
  const values = new Float64Array(levels.length);
  const valuesOf = (cell: number): Float64Array => {
    let count = 0;
    for (const session of levels) {
      const code = session[cell] as number;
      if (code !== NONE) values[count++] = code * CODE_DB;
    }
    return values.subarray(0, count);
  };
  for (let cell = 0; cell < cells; cell++) {
    const own = valuesOf(cell);
    summary.count[cell] = own.length;
    if (own.length === 0) continue;
    variance[cell] = varianceOf(own).variance;
    median[cell] = medianOf(own);
  }
  const pooledOf = () => pooledVariance(variance, summary.count);
  let pooled = pooledOf();
  for (let cell = 0; cell < cells; cell++) {
    const own = valuesOf(cell);
    if (own.length === 0) continue;
    const middle = median[cell] as number;
    const limit = CLIP * Math.sqrt(moderated(robustVariance(own, middle), own.length, pooled));
    const kept = varianceOf(own.filter((value) => !(Math.abs(value - middle) > limit)));
    summary.centreDb[cell] = kept.mean;
    variance[cell] = kept.variance;
  }
  pooled = pooledOf();
  for (let cell = 0; cell < cells; cell++) {
    const count = summary.count[cell] as number;
    if (count > 0) summary.spreadDb[cell] = Math.sqrt(moderated(variance[cell] as number, count, pooled));
  }
  return { ...summary, pooledSpreadDb: Number.isNaN(pooled) ? undefined : Math.sqrt(pooled) };
}

/** The variance of one value is NaN. */
function varianceOf(values: Float64Array): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: values.length > 1 ? squares / (values.length - 1) : NaN };
}

/**
 * From the median distance from the median; corrected for few values, whose median is among
 * them.
 */
function robustVariance(values: Float64Array, median: number): number {
  const distances = values.map((value) => Math.abs(value - median));
  return (SIGMA_TO_MAD * medianOf(distances) * (1 + 1 / values.length)) ** 2;
}

/**
 * The variance of a typical cell: the median over the cells, each corrected from the median of
 * chi square to its mean (Wilson and Hilferty 1931). Cells next to bright sources vary more.
 */
function pooledVariance(variance: Float64Array, count: Float32Array): number {
  const known = variance
    .map((value, cell) => {
      const degrees = (count[cell] as number) - 1;
      return degrees > 0 ? value / (1 - 2 / (9 * degrees)) ** 3 : NaN;
    })
    .filter((value) => !Number.isNaN(value));
  return known.length === 0 ? NaN : Math.max(CODE_SPREAD_DB ** 2, medianOf(known));
}

/** A cell with one value has the spread of the others. */
function moderated(variance: number, count: number, pooled: number): number {
  const degrees = Number.isNaN(variance) ? 0 : count - 1;
  const own = degrees > 0 ? degrees * variance : 0;
  return (POOLED_DEGREES * pooled + own) / (POOLED_DEGREES + degrees);
}
