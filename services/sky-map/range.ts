/** Levels at the ends of the colours, dBm or dBFS; min < max. */
export interface LevelRange {
  min: number;
  max: number;
}

/** How a range came to be, for its legend. */
export const RANGE_WORDS = {
  automatic: 'range: 1st to 99th percentile',
  byHand: 'range: set by hand',
} as const;

/** The smallest span that can be set by hand. */
export const LEAST_SPAN_DB = 0.1;

/**
 * The smallest automatic span. A point of 10 reads of 10 ms at 20 kHz has 0.1 dB of noise, drift
 * adds some tenths: with a smaller span the colours of an empty sky would show nothing else.
 */
export const LEAST_AUTOMATIC_SPAN_DB = 3;

const LOW = 0.01;
const HIGH = 0.99;
// As many are sorted in some milliseconds, and say the same as all.
const LOOKED_AT = 65_536;

/**
 * From the 1st to the 99th percentile of what is measured (nearest rank), so that one strong
 * carrier or one bad reading does not take the colours of all others. Of more than 65,536 levels
 * every n-th counts. Undefined when nothing is measured.
 */
export function autoRange(levels: Float32Array): LevelRange | undefined {
  const found = percentileRange(levels);
  return found && widened(found.min, found.max);
}

/** The same without a smallest span. */
export function percentileRange(levels: Float32Array): LevelRange | undefined {
  let measured = 0;
  for (const level of levels) if (!Number.isNaN(level)) measured++;
  if (measured === 0) return undefined;
  // Odd: no column is looked at in every row while others never are.
  const every = measured <= LOOKED_AT ? 1 : Math.ceil(measured / LOOKED_AT) | 1;
  const sorted = new Float32Array(Math.ceil(measured / every));
  let seen = 0;
  for (const level of levels) {
    if (Number.isNaN(level)) continue;
    if (seen % every === 0) sorted[seen / every] = level;
    seen++;
  }
  sorted.sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  return { min: at(LOW), max: at(HIGH) };
}

/** A range that is at least as wide as the smallest automatic span, around the same middle. */
function widened(min: number, max: number): LevelRange {
  const missing = LEAST_AUTOMATIC_SPAN_DB - (max - min);
  return missing > 0 ? { min: min - missing / 2, max: max + missing / 2 } : { min, max };
}

/** Round levels inside a range, at most `most` of them, ascending. */
export function levelTicks({ min, max }: LevelRange, most: number): number[] {
  const step = niceStep((max - min) / Math.max(1, most), [1, 2, 5]);
  const first = Math.ceil(min / step - 1e-9);
  const count = Math.floor(max / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, n) => Number(((first + n) * step).toFixed(6)));
}

/** The smallest of the steps, times a power of ten, that is not below `least`. */
function niceStep(least: number, steps: readonly number[]): number {
  const power = 10 ** Math.floor(Math.log10(least) + 1e-9);
  return (steps.find((step) => step * power >= least * (1 - 1e-9)) ?? 10) * power;
}

/** A level with a true minus, and no minus before a zero. */
export function formatLevel(level: number, decimals: number): string {
  return level
    .toFixed(decimals)
    .replace(/^-(?=0(\.0*)?$)/, '')
    .replace('-', '\u2212');
}
