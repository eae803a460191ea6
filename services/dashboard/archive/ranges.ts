import { MIN_AUTOMATIC_SPAN_DB, autoRange, percentileRange, type LevelRange } from '#sky-map/range';

/** The range that covers the automatic ranges of two maps; undefined while both are empty. */
export function commonRange(a: Float32Array, b: Float32Array): LevelRange | undefined {
  const [first, second] = [autoRange(a), autoRange(b)];
  if (!first || !second) return first ?? second;
  return { min: Math.min(first.min, second.min), max: Math.max(first.max, second.max) };
}

/**
 * A range symmetric around 0, so that zero difference has the middle colour; rounded up to 0.1 dB.
 */
export function differenceRange(levels: Float32Array): LevelRange {
  const found = percentileRange(levels) ?? { min: 0, max: 0 };
  const widest = Math.max(Math.abs(found.min), Math.abs(found.max), MIN_AUTOMATIC_SPAN_DB / 2);
  const max = Math.ceil(widest * 10 - 1e-6) / 10;
  return { min: -max, max };
}
