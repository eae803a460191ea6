import { LEAST_AUTOMATIC_SPAN_DB, autoRange, percentileRange, type LevelRange } from '#sky-map/range';

/**
 * One range for two maps: from the lower lowest to the higher highest end. Undefined while neither
 * has a level.
 */
export function commonRange(a: Float32Array, b: Float32Array): LevelRange | undefined {
  const [first, second] = [autoRange(a), autoRange(b)];
  if (!first || !second) return first ?? second;
  return { min: Math.min(first.min, second.min), max: Math.max(first.max, second.max) };
}

/** As far below 0 as above it: no difference has the colour of the middle. Whole tenths, dB. */
export function differenceRange(levels: Float32Array): LevelRange {
  const found = percentileRange(levels) ?? { min: 0, max: 0 };
  const widest = Math.max(Math.abs(found.min), Math.abs(found.max), LEAST_AUTOMATIC_SPAN_DB / 2);
  const max = Math.ceil(widest * 10 - 1e-6) / 10;
  return { min: -max, max };
}
