import type { PlacedRead } from './sweep-reads.ts';

/**
 * How far the positions of a sweep are ahead of the received samples, and the error of this
 * estimate, degrees. Positive: a source appears beyond its true position, in either direction.
 */
export interface Lag {
  lagDeg: number;
  errorDeg: number;
}

// Much finer than the required resolution, but coarse enough that every bin has reads.
const BINS_PER_STEP = 16;
const SPACINGS_PER_BIN = 1.5;
// An estimate with a larger error is not used.
const ERROR_PER_STEP = 1 / 40;
// The residual at the best fit may be at most this fraction of the typical residual.
const FIT_SHARE = 0.25;
const MIN_BINS = 12;

/**
 * The lag that makes two sweeps over the same row agree. Shifts the profiles of level by position
 * of both directions against each other until their mean square difference is minimal; the lag is
 * half of that shift. Half the backlash of a gear and remaining time errors have the same effect.
 * Differences of the mean are ignored, so that a drifting receiver does no harm. The error is that
 * of least squares: s0^2 = D0 / (n c) for D(s) = D0 + c (s - s0)^2.
 *
 * Undefined when the row is not suitable: only noise, a gradient, or a source that was present only
 * once.
 *
 * @param maxDeg largest lag searched for
 */
export function findLag(reads: readonly PlacedRead[], stepDeg: number, maxDeg: number): Lag | undefined {
  const ways = ([1, -1] as const).map((direction) => reads.filter((read) => read.direction === direction));
  const [forward = [], back = []] = ways;
  const binDeg = Math.max(stepDeg / BINS_PER_STEP, SPACINGS_PER_BIN * Math.max(...ways.map(spacingDeg)));
  const range = commonRange(forward, back);
  const bins = Math.floor((range.toDeg - range.fromDeg) / binDeg);
  if (!(bins >= MIN_BINS)) return undefined;
  const [a, b] = [forward, back].map((way) => profile(way, range.fromDeg, binDeg, bins));
  if (!a || !b) return undefined;
  const most = Math.min(Math.ceil((2 * maxDeg) / binDeg), Math.floor(bins / 2));
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

/** Whether a sweep has enough structure to measure the lag with a second sweep back. */
export function showsEnough(reads: readonly PlacedRead[], stepDeg: number): boolean {
  const binDeg = Math.max(stepDeg / BINS_PER_STEP, SPACINGS_PER_BIN * spacingDeg(reads));
  const { fromDeg, toDeg } = commonRange(reads, reads);
  const bins = Math.floor((toDeg - fromDeg) / binDeg);
  if (!(bins >= MIN_BINS)) return false;
  const levels = profile(reads, fromDeg, binDeg, bins);
  // Noise changes from bin to bin; sources do not.
  const noise = mean(
    levels.slice(2).map((level, i) => (level - 2 * at(levels, i + 1) + at(levels, i)) ** 2 / 6),
  );
  const slope = mean(levels.slice(2).map((level, i) => ((level - at(levels, i)) / 2) ** 2)) - noise / 2;
  return slope > noise && binDeg * Math.sqrt((2 * noise) / (bins * slope)) <= 2 * stepDeg * ERROR_PER_STEP;
}

/** Typical distance between consecutive reads, degrees. */
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

/** Mean level per bin, dB; interpolated linearly over bins without reads. */
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
 * Compares bin i of `a` with bin i + shift of `b` where both exist, without the difference of their
 * means.
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
