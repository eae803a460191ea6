import { robustScatter } from '../finder/robust.ts';

/** A place where both gains have a level; linear power. */
export interface Match {
  low: number;
  high: number;
  /** The level without its noise, to which the noise is proportional. */
  level: number;
}

/** low = factor * high + offset. */
export interface JoinFit {
  factor: number;
  offset: number;
  /** By how much both change with the low level of each match, and with the high one. */
  byLow: { factor: Float64Array; offset: Float64Array };
  byHigh: { factor: Float64Array; offset: Float64Array };
  /** Differences from the line, relative to the level. */
  residuals: Float64Array;
}

const ROUNDS = 30;
/** Of Huber's and of Tukey's weights, in standard deviations: 95 % efficient for normal noise. */
const HUBER = 1.345;
const TUKEY = 4.685;

/**
 * The line through the levels of both gains, each difference relative to its level: least squares
 * with the weights of Huber, which find a line from any start, then with those of Tukey, which
 * ignore outliers (Huber and Ronchetti, Robust Statistics, 2009, chapter 7). Undefined: the levels
 * do not determine a line.
 */
export function fitJoin(matches: readonly Match[]): JoinFit | undefined {
  let weights = new Float64Array(matches.length).fill(1);
  let line = lineThrough(matches, weights);
  for (let round = 0; line && round < ROUNDS; round++) {
    const residuals = residualsOf(matches, line);
    const scatter = Math.max(robustScatter(residuals), Number.MIN_VALUE);
    const weightOf = round < ROUNDS / 2 ? huber : tukey;
    weights = residuals.map((residual) => weightOf(residual / scatter));
    line = lineThrough(matches, weights);
  }
  if (!line) return undefined;
  const { factor, offset, byLow } = line;
  return {
    factor,
    offset,
    byLow,
    byHigh: {
      factor: byLow.factor.map((by) => -factor * by),
      offset: byLow.offset.map((by) => -factor * by),
    },
    residuals: residualsOf(matches, line),
  };
}

/** Weighted least squares; how both parameters depend on the low levels is linear. */
function lineThrough(
  matches: readonly Match[],
  weights: Float64Array,
): Pick<JoinFit, 'factor' | 'offset' | 'byLow'> | undefined {
  const weightOf = (k: number, { level }: Match) => (weights[k] as number) / level ** 2;
  let [sum, sumHigh] = [0, 0];
  matches.forEach((match, k) => {
    sum += weightOf(k, match);
    sumHigh += weightOf(k, match) * match.high;
  });
  const mean = sumHigh / sum;
  let spread = 0;
  matches.forEach((match, k) => (spread += weightOf(k, match) * (match.high - mean) ** 2));
  if (!(spread > 0)) return undefined;
  const factorBy = Float64Array.from(
    matches,
    (match, k) => (weightOf(k, match) * (match.high - mean)) / spread,
  );
  const offsetBy = Float64Array.from(
    matches,
    (match, k) => weightOf(k, match) / sum - mean * (factorBy[k] as number),
  );
  const of = (by: Float64Array) => matches.reduce((total, { low }, k) => total + (by[k] as number) * low, 0);
  return { factor: of(factorBy), offset: of(offsetBy), byLow: { factor: factorBy, offset: offsetBy } };
}

function residualsOf(
  matches: readonly Match[],
  { factor, offset }: Pick<JoinFit, 'factor' | 'offset'>,
): Float64Array {
  return Float64Array.from(matches, ({ low, high, level }) => (low - factor * high - offset) / level);
}

function huber(sigmas: number): number {
  return Math.min(1, HUBER / Math.abs(sigmas));
}

function tukey(sigmas: number): number {
  return Math.max(0, 1 - (sigmas / TUKEY) ** 2) ** 2;
}
