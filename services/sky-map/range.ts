/** Levels at the ends of the palette, dBm or dBFS; min < max. */
export interface LevelRange {
  min: number;
  max: number;
}

/** Descriptions of a range in the legend. */
export const RANGE_DESCRIPTIONS = {
  automatic: 'range: 1st to 99th percentile',
  manual: 'range: manual',
} as const;

/** The smallest manual span. */
export const MIN_SPAN_DB = 0.1;

/**
 * The smallest automatic span. A point of 10 reads of 10 ms at 20 kHz has 0.1 dB of noise, and
 * drift adds some tenths; a smaller span would show only these on an empty sky.
 */
export const MIN_AUTOMATIC_SPAN_DB = 3;

const LOW = 0.01;
const HIGH = 0.99;
// Sorting this many levels takes milliseconds; a sample of this size is representative.
const MAX_SORTED = 65_536;

/**
 * The 1st to the 99th percentile of the measured levels (nearest rank), so that a single strong
 * carrier or bad read does not determine the colours. Samples every n-th of more than 65,536
 * levels. Undefined when nothing is measured.
 */
export function autoRange(levels: Float32Array, minSpan = MIN_AUTOMATIC_SPAN_DB): LevelRange | undefined {
  const found = percentileRange(levels);
  return found && widened(found.min, found.max, minSpan);
}

/** The same without a minimum span. */
export function percentileRange(levels: Float32Array): LevelRange | undefined {
  let measured = 0;
  for (const level of levels) if (!Number.isNaN(level)) measured++;
  if (measured === 0) return undefined;
  // An odd stride samples all columns evenly.
  const stride = measured <= MAX_SORTED ? 1 : Math.ceil(measured / MAX_SORTED) | 1;
  const sorted = new Float32Array(Math.ceil(measured / stride));
  let seen = 0;
  for (const level of levels) {
    if (Number.isNaN(level)) continue;
    if (seen % stride === 0) sorted[seen / stride] = level;
    seen++;
  }
  sorted.sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  return { min: at(LOW), max: at(HIGH) };
}

/** Widens a range to the smallest automatic span around its centre. */
function widened(min: number, max: number, minSpan: number): LevelRange {
  const missing = minSpan - (max - min);
  return missing > 0 ? { min: min - missing / 2, max: max + missing / 2 } : { min, max };
}

/** Round levels inside a range, at most `maxTicks` of them, ascending. */
export function levelTicks({ min, max }: LevelRange, maxTicks: number): number[] {
  const step = niceStep((max - min) / Math.max(1, maxTicks), [1, 2, 5]);
  const first = Math.ceil(min / step - 1e-9);
  const count = Math.floor(max / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, n) => Number(((first + n) * step).toFixed(6)));
}

/** The smallest of the steps, times a power of ten, that is not below `min`. */
function niceStep(min: number, steps: readonly number[]): number {
  const power = 10 ** Math.floor(Math.log10(min) + 1e-9);
  return (steps.find((step) => step * power >= min * (1 - 1e-9)) ?? 10) * power;
}

/** A level with a typographic minus and no negative zero. */
export function formatLevel(level: number, decimals: number): string {
  return level
    .toFixed(decimals)
    .replace(/^-(?=0(\.0*)?$)/, '')
    .replace('-', '\u2212');
}
