/** The median; undefined for no values. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[(sorted.length - 1) >> 1] as number;
  const high = sorted[sorted.length >> 1] as number;
  return (low + high) / 2;
}

// Ratio of standard deviation to median absolute deviation of a normal distribution.
const PER_MEDIAN_DEVIATION = 1.4826;

/** Standard deviation that ignores a few outliers; 0 for no values. */
export function robustDeviation(values: readonly number[], centre = median(values) ?? 0): number {
  return PER_MEDIAN_DEVIATION * (median(values.map((value) => Math.abs(value - centre))) ?? 0);
}

/** A value and its relative standard error. */
export interface Estimate {
  value: number;
  error: number;
}

/** The weighted median of several estimates of one value; undefined for none. */
export function combined(estimates: readonly Estimate[]): Estimate | undefined {
  const known = estimates.filter(({ value, error }) => Number.isFinite(value) && Number.isFinite(error));
  const sorted = known.sort((a, b) => a.value - b.value);
  const weight = ({ error }: Estimate) => 1 / Math.max(1e-6, error) ** 2;
  const total = sorted.reduce((sum, estimate) => sum + weight(estimate), 0);
  let before = 0;
  for (const estimate of sorted) {
    before += weight(estimate);
    if (before >= total / 2) return { value: estimate.value, error: 1 / Math.sqrt(total) };
  }
  return undefined;
}
