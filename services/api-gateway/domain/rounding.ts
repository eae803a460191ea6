import type { Statistic } from '#shared/spectrum/point-spectrum';

// Finer than the codes, so that sums and means of them keep their precision.
const FACTORS: Record<Statistic, number> = {
  mean: 1e3,
  median: 1e3,
  min: 1e3,
  max: 1e3,
  kurtosis: 1e4,
  occupancy: 1e5,
};

/** A value with a sensible number of decimals; NaN stays NaN. */
export function rounded(statistic: Statistic, value: number): number {
  const factor = FACTORS[statistic];
  return Math.round(value * factor) / factor;
}

/** A value with this many decimals. */
export function roundedTo(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

/** Rounds the values in place. */
export function roundAll(statistic: Statistic, values: Float64Array): void {
  for (let n = 0; n < values.length; n++) values[n] = rounded(statistic, values[n] as number);
}
