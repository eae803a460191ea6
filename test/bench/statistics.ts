/**
 * The value below which this share of the values lies; `share` 0.5 is the median. NaN for no
 * values.
 */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}
