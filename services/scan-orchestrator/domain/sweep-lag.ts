import type { PlacedRead } from './sweep-reads.ts';

/**
 * How far the positions of a sweep run ahead of what was received there, and how well that is
 * known, degrees. Positive: a source appears beyond where it is, in either direction.
 */
export interface Lag {
  lagDeg: number;
  errorDeg: number;
}

// Finer than a position has to be known by far, coarse enough that every bin has reads.
const BINS_PER_STEP = 16;
const SPACINGS_PER_BIN = 1.5;
// What is not known better than this is not worth taking out.
const ERROR_PER_STEP = 1 / 40;
// Where both profiles fit, they differ by no more than this share of what they differ elsewhere.
const FIT_SHARE = 0.25;
const FEWEST_BINS = 12;

/**
 * The lag that makes two sweeps over the same row agree: profiles of level by position, one for
 * each direction, are shifted against each other until their mean square difference is least; half
 * of that shift is the lag. Half the play of a gear and what is left of wrong times both look like
 * that. Differences of the mean do not count, so that a drifting receiver does no harm. The error
 * is the one of least squares: s0^2 = D0 / (n c) for D(s) = D0 + c (s - s0)^2.
 *
 * Undefined when the row does not show enough to tell: noise, a gradient, a source that was there
 * only once.
 *
 * @param mostDeg lags beyond this are not looked for
 */
export function findLag(reads: readonly PlacedRead[], stepDeg: number, mostDeg: number): Lag | undefined {
  const ways = ([1, -1] as const).map((direction) => reads.filter((read) => read.direction === direction));
  const [forward = [], back = []] = ways;
  const binDeg = Math.max(stepDeg / BINS_PER_STEP, SPACINGS_PER_BIN * Math.max(...ways.map(spacingDeg)));
  const range = commonRange(forward, back);
  const bins = Math.floor((range.toDeg - range.fromDeg) / binDeg);
  if (!(bins >= FEWEST_BINS)) return undefined;
  const [a, b] = [forward, back].map((way) => profile(way, range.fromDeg, binDeg, bins));
  if (!a || !b) return undefined;
  const most = Math.min(Math.ceil((2 * mostDeg) / binDeg), Math.floor(bins / 2));
  const differences = Array.from({ length: 2 * most + 1 }, (_, i) => meanSquareDifference(a, b, i - most));
  const best = differences.indexOf(Math.min(...differences));
  const [before, least, after] = [differences[best - 1], differences[best], differences[best + 1]];
  if (before === undefined || least === undefined || after === undefined) return undefined;
  const curvature = (before - 2 * least + after) / 2;
  if (!(curvature > 0) || least > FIT_SHARE * median(differences)) return undefined;
  const asideBins = (before - after) / (4 * curvature);
  const errorDeg = (binDeg * Math.sqrt(least / (bins * curvature))) / 2;
  const lagDeg = (-(best - most + asideBins) * binDeg) / 2;
  return errorDeg <= stepDeg * ERROR_PER_STEP ? { lagDeg, errorDeg } : undefined;
}

/**
 * Whether a sweep shows enough for a second one, the other way, to be worth it: how well its lag
 * would be known.
 */
export function showsEnough(reads: readonly PlacedRead[], stepDeg: number): boolean {
  const binDeg = Math.max(stepDeg / BINS_PER_STEP, SPACINGS_PER_BIN * spacingDeg(reads));
  const { fromDeg, toDeg } = commonRange(reads, reads);
  const bins = Math.floor((toDeg - fromDeg) / binDeg);
  if (!(bins >= FEWEST_BINS)) return false;
  const levels = profile(reads, fromDeg, binDeg, bins);
  // Noise turns from bin to bin, sources do not.
  const noise = mean(
    levels.slice(2).map((level, i) => (level - 2 * at(levels, i + 1) + at(levels, i)) ** 2 / 6),
  );
  const slope = mean(levels.slice(2).map((level, i) => ((level - at(levels, i)) / 2) ** 2)) - noise / 2;
  return slope > noise && binDeg * Math.sqrt((2 * noise) / (bins * slope)) <= 2 * stepDeg * ERROR_PER_STEP;
}

/** Typical distance between reads that follow each other, degrees. */
function spacingDeg(reads: readonly PlacedRead[]): number {
  const azimuths = reads.map(({ pointing }) => pointing.azimuthDeg);
  return median(azimuths.slice(1).map((azimuth, i) => Math.abs(azimuth - at(azimuths, i)))) || 0;
}

function commonRange(...ways: (readonly PlacedRead[])[]): { fromDeg: number; toDeg: number } {
  const ends = ways.map((reads) => {
    const azimuths = reads.map(({ pointing }) => pointing.azimuthDeg);
    return {
      low: azimuths.reduce((a, b) => Math.min(a, b), Infinity),
      high: azimuths.reduce((a, b) => Math.max(a, b), -Infinity),
    };
  });
  return {
    fromDeg: Math.max(...ends.map(({ low }) => low)),
    toDeg: Math.min(...ends.map(({ high }) => high)),
  };
}

/** Mean level in each bin, dB; straight lines over bins without reads. */
function profile(reads: readonly PlacedRead[], fromDeg: number, binDeg: number, bins: number): number[] {
  const sums = new Float64Array(bins);
  const counts = new Uint32Array(bins);
  for (const { pointing, levelDb } of reads) {
    const bin = Math.floor((pointing.azimuthDeg - fromDeg) / binDeg);
    if (bin < 0 || bin >= bins) continue;
    sums[bin] = (sums[bin] ?? 0) + levelDb;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const known = Array.from(counts.keys()).filter((bin) => counts[bin] !== 0);
  const level = (bin: number) => at(sums, bin) / at(counts, bin);
  let next = 0;
  return Array.from({ length: bins }, (_, bin) => {
    while (next < known.length && at(known, next) < bin) next++;
    const [low, high] = [known[next - 1], known[next]];
    if (low === undefined || high === undefined || high === bin) return level(high ?? low ?? 0);
    return level(low) + ((bin - low) / (high - low)) * (level(high) - level(low));
  });
}

/**
 * Of `a` at a bin and `b` so many bins further, where both are known; without the difference of
 * their means.
 */
function meanSquareDifference(a: readonly number[], b: readonly number[], shift: number): number {
  const [from, to] = [Math.max(0, -shift), Math.min(a.length, b.length - shift)];
  let [sum, squares] = [0, 0];
  for (let i = from; i < to; i++) {
    const difference = at(a, i) - at(b, i + shift);
    sum += difference;
    squares += difference * difference;
  }
  const count = to - from;
  return squares / count - (sum / count) ** 2;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] as number;
}
