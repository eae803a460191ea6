/** The middle value; of an even number of values the mean of the middle two. Undefined for none. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[(sorted.length - 1) >> 1] as number;
  const high = sorted[sorted.length >> 1] as number;
  return (low + high) / 2;
}

// A normal distribution's standard deviation is so many times its median deviation.
const PER_MEDIAN_DEVIATION = 1.4826;

/** Standard deviation of most values, whatever a few of them do; 0 for none. */
export function robustDeviation(values: readonly number[], centre = median(values) ?? 0): number {
  return PER_MEDIAN_DEVIATION * (median(values.map((value) => Math.abs(value - centre))) ?? 0);
}

/** A number and how far off it may be, as a share of it (one standard error). */
export interface Estimate {
  value: number;
  error: number;
}

/**
 * What several estimates of one number say together: the one in the middle of their weight.
 * Undefined for none.
 */
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
