import type { Statistic } from '#shared/spectrum/point-spectrum';

// Finer than the codes, so that sums and means of them keep their precision.
const DECIMALS: Record<Statistic, number> = { mean: 3, median: 3, min: 3, max: 3, kurtosis: 4, occupancy: 5 };

/** A value with a sensible number of decimals; NaN stays NaN. */
export function rounded(statistic: Statistic, value: number): number {
  const factor = 10 ** DECIMALS[statistic];
  return Math.round(value * factor) / factor;
}

/** Rounds the values in place. */
export function roundAll(statistic: Statistic, values: Float64Array): void {
  for (let n = 0; n < values.length; n++) values[n] = rounded(statistic, values[n] as number);
}
