import { medianOf } from '#shared/spectrum/median';
import { driftGains, smoothDrift, type DriftGains } from './drift-filter.ts';
import { likeliestDrift } from './drift-model.ts';
import { robustScatter } from './robust.ts';
import { isLong, type Row } from './rows.ts';

/** Deviations from the baseline that count as a source. */
const SOURCE_SIGMA = 3;
const MASKS = 2;
/** Points so near to one that deviates may be of the same source, in beam widths. */
const REACH = 1;

export interface Baselines {
  baselines: Float64Array;
  /**
   * Of the points of rows that a source can cover, else 0. The level of such a row is wrong for all
   * of its n points alike: sqrt(n) times its standard deviation is the independent error that has
   * the same effect on their sum.
   */
  sigma: Float64Array;
  /** Undefined if a source can cover every row. */
  drift: Drift | undefined;
  /** Part of the variance of the noise that the baselines follow. */
  leverage: number;
  /**
   * Standard deviation of noise relative to the level, from neighbouring points: drift, sources and
   * structure of the background hardly raise it. Infinity if no row is long.
   */
  scatter: number;
}

/** What the drift leaves of the information about a source: see sensitivity.ts. */
export interface Drift {
  gains: DriftGains;
  /** The place of each point in the sequence of the gains; -1: it does not count. */
  placeOf: Int32Array;
}

/**
 * The level without sources at each point, which contains the drift of the gain: the most likely
 * course of a drift whose strength is measured, without the points that deviate by 3 sigma. Without
 * drift it is the same for the whole map, so that hardly anything of a source is lost in it. Rows
 * that a source can cover (near the zenith) get what is likely from the rows before and after them.
 * @param relativeSigma Standard deviation of noise relative to the level.
 */
export function driftBaselines(
  rows: readonly Row[],
  level: Float64Array,
  timeMs: Float64Array,
  beamWidth: number,
  relativeSigma: number,
): Baselines {
  const baselines = new Float64Array(level.length);
  const sigma = new Float64Array(level.length);
  const middle = medianOf(level.slice());
  const long = rows.filter((row) => isLong(row, beamWidth));
  if (long.length === 0)
    return { baselines: baselines.fill(middle), sigma, drift: undefined, leverage: 0, scatter: Infinity };
  const scatter = Math.max(relativeSigma * 1e-3, scatterOf(long, level));
  const { order, startsRow, rowLevel, pointsInRow, counts } = inOrder(rows, level, timeMs, beamWidth);
  const steps = stepsOf(order, timeMs);
  const values = Float64Array.from(order, (point) => ((level[point] as number) / middle - 1) / scatter);
  // The noise of a level is proportional to it.
  const noise = rowLevel.map((own, k) => (counts[k] === 1 ? (own / middle) ** 2 : Infinity));
  const deviations = (from: Float64Array) =>
    noise.map((own, k) => ((values[k] as number) - (from[k] as number)) / Math.sqrt(own));
  const beamPoints = medianOf(
    Float64Array.from(long, ({ points, length }) => (points.length * beamWidth) / length),
  );
  // First, distant points count less, but none is lost: weights of a Cauchy distribution.
  const fromRow = deviations(rowLevel.map((own) => (own / middle - 1) / scatter));
  const reach = Math.max(1, Math.round(REACH * beamPoints));
  const suspicion = (from: Float64Array) => suspicionOf(from, startsRow, reach);
  const doubt = suspicion(fromRow);
  const soft = noise.map((own, k) => own * (1 + ((doubt[k] as number) / SOURCE_SIGMA) ** 2));
  let model = likeliestDrift(values, { steps, startsRow, variance: soft }, beamPoints);
  let smooth = smoothDrift(values, driftGains({ steps, startsRow, variance: soft }, model));
  for (let mask = 0; mask < MASKS; mask++) {
    const from = suspicion(deviations(smooth.level));
    const variance = noise.map((own, k) => ((from[k] as number) > SOURCE_SIGMA ? Infinity : own));
    const sequence = { steps, startsRow, variance };
    if (mask === 0) model = likeliestDrift(values, sequence, beamPoints);
    smooth = smoothDrift(values, driftGains(sequence, model));
  }
  const placeOf = new Int32Array(level.length).fill(-1);
  let followed = 0;
  order.forEach((point, k) => {
    baselines[point] = middle * (1 + scatter * (smooth.level[k] as number));
    const variance = smooth.variance[k] as number;
    if (counts[k] === 1) {
      placeOf[point] = k;
      followed += variance / (noise[k] as number);
    } else sigma[point] = middle * scatter * Math.sqrt(variance * (pointsInRow[k] as number));
  });
  // All points tell about a source, also those that do not tell about the drift.
  const gains = driftGains({ steps, startsRow, variance: noise }, model);
  const counted = long.reduce((sum, { points }) => sum + points.length, 0);
  return {
    baselines,
    sigma,
    drift: { gains, placeOf },
    leverage: Math.min(0.5, followed / counted),
    scatter,
  };
}

/**
 * How much each point looks like a part of a source, in sigma: the largest of its own deviation and
 * of those of the means of the points around it. The wings of a source are below the noise of a
 * point, and drift that follows them would leave remnants of the source.
 */
function suspicionOf(deviations: Float64Array, startsRow: Uint8Array, reach: number): Float64Array {
  const suspicion = deviations.map(Math.abs);
  for (let from = 0; from < deviations.length;) {
    let to = from + 1;
    while (to < deviations.length && startsRow[to] === 0) to++;
    const means = meansAround(deviations.subarray(from, to), reach >> 1);
    const largest = largestAround(means, reach);
    largest.forEach((value, k) => (suspicion[from + k] = Math.max(suspicion[from + k] as number, value)));
    from = to;
  }
  return suspicion;
}

/** Sums over the values within `reach`, in units of their standard deviation, without signs. */
function meansAround(values: Float64Array, reach: number): Float64Array {
  const sums = new Float64Array(values.length + 1);
  values.forEach((value, k) => (sums[k + 1] = (sums[k] as number) + value));
  return values.map((_, k) => {
    const [first, last] = [Math.max(0, k - reach), Math.min(values.length, k + reach + 1)];
    return Math.abs((sums[last] as number) - (sums[first] as number)) / Math.sqrt(last - first);
  });
}

/** The largest value within `reach`. */
function largestAround(values: Float64Array, reach: number): Float64Array {
  const largest = values.slice();
  // Twice as many values with every pass.
  for (let done = 0; done < reach;) {
    const step = Math.min(Math.max(1, done), reach - done);
    const before = largest.slice();
    largest.forEach((value, k) => {
      largest[k] = Math.max(value, before[k - step] ?? 0, before[k + step] ?? 0);
    });
    done += step;
  }
  return largest;
}

/** The points row by row, in the order of time, and what they have from their row. */
function inOrder(rows: readonly Row[], level: Float64Array, timeMs: Float64Array, beamWidth: number) {
  const start = ({ points }: Row) => timeMs[points[0] as number] as number;
  const sorted = [...rows].sort((a, b) => start(a) - start(b));
  const order = Int32Array.from(sorted.flatMap(({ points }) => Array.from(points)));
  const columns = {
    order,
    startsRow: new Uint8Array(order.length),
    rowLevel: new Float64Array(order.length),
    pointsInRow: new Int32Array(order.length),
    counts: new Uint8Array(order.length),
  };
  let from = 0;
  for (const row of sorted) {
    const to = from + row.points.length;
    columns.startsRow[from] = 1;
    columns.rowLevel.fill(levelOf(row, level), from, to);
    columns.pointsInRow.fill(row.points.length, from, to);
    columns.counts.fill(isLong(row, beamWidth) ? 1 : 0, from, to);
    from = to;
  }
  return columns;
}

function levelOf({ points }: Row, level: Float64Array): number {
  return medianOf(Float64Array.from(points, (point) => level[point] as number));
}

/** Relative to the level, from differences of consecutive points, which drift hardly affects. */
function scatterOf(rows: readonly Row[], level: Float64Array): number {
  const differences = rows.flatMap((row) => {
    const own = levelOf(row, level) * Math.SQRT2;
    return Array.from(
      row.points.subarray(1),
      (point, k) => ((level[point] as number) - (level[row.points[k] as number] as number)) / own,
    );
  });
  return robustScatter(Float64Array.from(differences));
}

/** Times since the point before, in units of the typical one. */
function stepsOf(order: Int32Array, timeMs: Float64Array): Float64Array {
  const steps = Float64Array.from(order, (point, k) =>
    k === 0 ? 0 : Math.max(0, (timeMs[point] as number) - (timeMs[order[k - 1] as number] as number)),
  );
  const typical = medianOf(steps.slice());
  return steps.map((step) => (typical > 0 ? step / typical : 1));
}
