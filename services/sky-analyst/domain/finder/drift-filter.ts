/**
 * How the level changes from point to point, in units of the noise of a point and of the typical
 * time between two points. A random walk has the spectrum 1/f^2, an integrated one 1/f^4; one of
 * 1/f is between both of them and white noise.
 */
export interface DriftModel {
  /** Variance of the level per step: a random walk. */
  walk: number;
  /** Variance of the slope per step: an integrated random walk. */
  bend: number;
  /** Variance of the level between two rows, in addition: they see another background. */
  rowStep: number;
}

/** Points in the order of rows and time. */
export interface DriftSequence {
  /** Steps since the point before. */
  steps: Float64Array;
  /** 1: the first point of a row. */
  startsRow: Uint8Array;
  /** Variance of the noise of each point; Infinity: the point does not count. */
  variance: Float64Array;
}

/** What the filter expects before it sees a point; the same for all values of a sequence. */
export interface DriftGains {
  sequence: DriftSequence;
  model: DriftModel;
  /** Covariance of level and slope before each point: three numbers. */
  predicted: Float64Array;
  /** Variance of the difference between a point and its prediction. */
  spread: Float64Array;
}

/** Before the first point the level is unknown. */
const UNKNOWN = 1e6;
/** Rows after a source in which the filter still forgets it. */
const ROWS_AFTER = 2;

/**
 * The covariances of the Kalman filter (Kalman 1960) for a level that follows a model. Its state
 * is the level and its slope (Durbin and Koopman, Time Series Analysis by State Space Methods,
 * 3.2; an integrated random walk in continuous time: 3.9.2).
 */
export function driftGains(sequence: DriftSequence, model: DriftModel): DriftGains {
  const { steps, startsRow, variance } = sequence;
  const count = steps.length;
  const predicted = new Float64Array(3 * count);
  const spread = new Float64Array(count);
  const { walk, bend, rowStep } = model;
  let level = UNKNOWN;
  let mixed = 0;
  let slope = bend * count;
  for (let k = 0; k < count; k++) {
    const step = steps[k] as number;
    if (k > 0) {
      level += 2 * step * mixed + step * step * slope + walk * step + (bend * step ** 3) / 3;
      mixed += step * slope + (bend * step * step) / 2;
      slope += bend * step;
      if (startsRow[k] === 1) level += rowStep;
    }
    predicted[3 * k] = level;
    predicted[3 * k + 1] = mixed;
    predicted[3 * k + 2] = slope;
    const total = level + (variance[k] as number);
    spread[k] = total;
    if (total === Infinity) continue;
    slope -= (mixed * mixed) / total;
    const kept = (variance[k] as number) / total;
    level *= kept;
    mixed *= kept;
  }
  return { sequence, model, predicted, spread };
}

/** -2 ln likelihood of the values, without constants. */
export function driftCost(values: Float64Array, sequence: DriftSequence, model: DriftModel): number {
  const { steps, startsRow, variance } = sequence;
  const { walk, bend, rowStep } = model;
  const count = steps.length;
  let level = UNKNOWN;
  let mixed = 0;
  let slope = bend * count;
  let mean = 0;
  let trend = 0;
  let cost = 0;
  let product = 1;
  for (let k = 0; k < count; k++) {
    const step = steps[k] as number;
    if (k > 0) {
      mean += step * trend;
      level += 2 * step * mixed + step * step * slope + walk * step + (bend * step * step * step) / 3;
      mixed += step * slope + (bend * step * step) / 2;
      slope += bend * step;
      if (startsRow[k] === 1) level += rowStep;
    }
    const noise = variance[k] as number;
    if (noise === Infinity) continue;
    const total = level + noise;
    const surprise = (values[k] as number) - mean;
    cost += (surprise * surprise) / total;
    product *= total;
    // A logarithm of many factors at once.
    if (product > 1e200 || product < 1e-200) {
      cost += Math.log(product);
      product = 1;
    }
    mean += (level / total) * surprise;
    trend += (mixed / total) * surprise;
    slope -= (mixed * mixed) / total;
    level *= noise / total;
    mixed *= noise / total;
  }
  return cost + Math.log(product);
}

/**
 * The most likely level at each point and its variance: the fixed-interval smoother of de Jong
 * (Durbin and Koopman, 4.4).
 */
export function smoothDrift(
  values: Float64Array,
  { sequence, predicted, spread }: DriftGains,
): { level: Float64Array; variance: Float64Array } {
  const { steps } = sequence;
  const count = steps.length;
  const level = new Float64Array(count);
  const variance = new Float64Array(count);
  const means = new Float64Array(count);
  let [mean, trend] = [0, 0];
  for (let k = 0; k < count; k++) {
    mean += (k > 0 ? (steps[k] as number) : 0) * trend;
    means[k] = mean;
    const total = spread[k] as number;
    if (total === Infinity) continue;
    const surprise = (values[k] as number) - mean;
    mean += ((predicted[3 * k] as number) / total) * surprise;
    trend += ((predicted[3 * k + 1] as number) / total) * surprise;
  }
  // What later points say about the state before each point: r and N of de Jong.
  let [r1, r2, n11, n12, n22] = [0, 0, 0, 0, 0];
  for (let k = count - 1; k >= 0; k--) {
    if (k < count - 1) {
      const step = steps[k + 1] as number;
      r2 += step * r1;
      n22 += 2 * step * n12 + step * step * n11;
      n12 += step * n11;
    }
    const total = spread[k] as number;
    const [p11, p12] = [predicted[3 * k] as number, predicted[3 * k + 1] as number];
    if (total !== Infinity) {
      const [k1, k2] = [p11 / total, p12 / total];
      const surprise = (values[k] as number) - (means[k] as number);
      r1 = surprise / total + (1 - k1) * r1 - k2 * r2;
      const inner = n11 * (1 - k1) - n12 * k2;
      const cross = n12 * (1 - k1) - n22 * k2;
      n11 = 1 / total + (1 - k1) * inner - k2 * cross;
      n12 = cross;
    }
    level[k] = (means[k] as number) + p11 * r1 + p12 * r2;
    variance[k] = Math.max(0, p11 - p11 * p11 * n11 - 2 * p11 * p12 * n12 - p12 * p12 * n22);
  }
  return { level, variance };
}

/**
 * The part of the information about the amplitude of a template, s C^-1 s / s N^-1 s, that is left
 * with drift of unknown level (C: noise and drift, N: noise alone). The innovations of the filter
 * whiten the template: s C^-1 s is the sum of their squares divided by their variances.
 * @param template By position in the sequence; 0 elsewhere.
 */
export function informationLeft(
  template: ReadonlyMap<number, number>,
  { sequence: { steps, startsRow, variance }, predicted, spread }: DriftGains,
): number {
  const [first, last] = extremes(template.keys());
  let [mean, trend, left, all, rows] = [0, 0, 0, 0, 0];
  for (let k = first; k < spread.length; k++) {
    if (k > last) {
      if (startsRow[k] === 1) rows++;
      if (rows > ROWS_AFTER || Math.abs(mean) < 1e-6) break;
    }
    if (k > first) mean += (steps[k] as number) * trend;
    const total = spread[k] as number;
    if (total === Infinity) continue;
    const value = template.get(k) ?? 0;
    const surprise = value - mean;
    left += (surprise * surprise) / total;
    all += (value * value) / (variance[k] as number);
    mean += ((predicted[3 * k] as number) / total) * surprise;
    trend += ((predicted[3 * k + 1] as number) / total) * surprise;
  }
  return all > 0 ? Math.min(1, left / all) : 1;
}

function extremes(values: Iterable<number>): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return [least, most];
}
