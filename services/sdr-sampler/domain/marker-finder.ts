import { SEGMENT_MS, TRIMMED_SHARE, type MarkerPhase } from './marker.ts';
import { addSamples, emptySums, levelsOf } from './power.ts';

export interface FoundMarker {
  marker: readonly MarkerPhase[];
  /** Samples since the start of its last phase, including all of this call. */
  samplesSince: number;
  /** Mean square of the samples at the highest gain, LSB. */
  highSquareLsb: number;
}

/** Power and clipping of a short interval. */
interface Segment {
  squareLsb: number;
  clippedFraction: number;
}

/** Quantile of the segments of a level: ignores short bursts. */
const QUANTILE = 0.9;
/** 6 dB between the levels. */
const MIN_RATIO = 4;
/** Below this is the converter's own noise. */
const MIN_SQUARE_LSB = 0.5;
/**
 * If a signal overloads the converter even at the lowest gain, the steps show in the fraction of
 * clipped samples.
 */
const MIN_CLIPPED_STEP = 0.4;
/** Number of segments that are searched: 4 s. */
const HISTORY = 4_000 / SEGMENT_MS;

/** Searches samples for markers. */
export class MarkerFinder {
  readonly #segmentSamples: number;
  readonly #segments: Segment[] = [];
  readonly #watched: (readonly MarkerPhase[])[] = [];
  #sums = emptySums();

  constructor(sampleRateHz: number) {
    this.#segmentSamples = Math.round((sampleRateHz * SEGMENT_MS) / 1000);
  }

  /** Starts to search for a marker whose last phase has just started. */
  watch(marker: readonly MarkerPhase[]): void {
    this.#watched.push(marker);
  }

  /** Adds consecutive samples (pairs of unsigned bytes); returns a marker that they complete. */
  push(iq: Uint8Array): FoundMarker | undefined {
    let found: FoundMarker | undefined;
    for (let at = 0; at < iq.length;) {
      const piece = iq.subarray(at, at + 2 * (this.#segmentSamples - this.#sums.samples));
      addSamples(this.#sums, piece);
      at += piece.length;
      if (this.#sums.samples < this.#segmentSamples) continue;
      this.#endSegment();
      const seen = this.#search();
      if (seen) found = { ...seen, samplesSince: seen.samplesSince + (iq.length - at) / 2 };
    }
    return found;
  }

  #endSegment(): void {
    const { rmsLsb, clippedFraction } = levelsOf(this.#sums);
    this.#segments.push({ squareLsb: 2 * rmsLsb ** 2, clippedFraction });
    this.#sums = emptySums();
    if (this.#segments.length > 2 * HISTORY) this.#segments.splice(0, HISTORY);
  }

  /** Returns the first marker with which the latest segments end, and stops to search for it. */
  #search(): FoundMarker | undefined {
    for (const [at, marker] of this.#watched.entries()) {
      const seen = sighting(this.#segments, marker);
      if (!seen) continue;
      this.#watched.splice(at, 1);
      return { marker, highSquareLsb: seen.highSquareLsb, samplesSince: seen.since * this.#segmentSamples };
    }
    return undefined;
  }
}

/**
 * Segments since the start of the marker's last phase; undefined if the latest segments do not end
 * with the marker.
 */
function sighting(
  segments: readonly Segment[],
  marker: readonly MarkerPhase[],
): { since: number; highSquareLsb: number } | undefined {
  const levels = mayEndWith(segments, marker) ? cut(segments, marker) : undefined;
  if (!levels) return undefined;
  const low = share(levels.low, QUANTILE, 'squareLsb');
  const highSquareLsb = share(levels.high, 1 - QUANTILE, 'squareLsb');
  if (highSquareLsb > MIN_SQUARE_LSB && highSquareLsb > MIN_RATIO * low) {
    const middle = Math.sqrt(highSquareLsb * Math.max(low, MIN_SQUARE_LSB / MIN_RATIO));
    return { since: segmentsSince(segments, marker, ({ squareLsb }) => squareLsb < middle), highSquareLsb };
  }
  const lowClipped = share(levels.low, QUANTILE, 'clippedFraction');
  const highClipped = share(levels.high, 1 - QUANTILE, 'clippedFraction');
  if (highClipped < lowClipped + MIN_CLIPPED_STEP) return undefined;
  const middle = (lowClipped + highClipped) / 2;
  const isLow = ({ clippedFraction }: Segment) => clippedFraction < middle;
  return { since: segmentsSince(segments, marker, isLow), highSquareLsb };
}

/** Checks the middle of each phase only: usually fails, and avoids sorting. */
function mayEndWith(segments: readonly Segment[], marker: readonly MarkerPhase[]): boolean {
  let endMs = segments.length * SEGMENT_MS;
  const most = { squareLsb: 0, clippedFraction: 0 };
  const least = { squareLsb: Infinity, clippedFraction: 1 };
  for (const { gain, ms } of marker.toReversed()) {
    const middle = segments[Math.floor((endMs - ms / 2) / SEGMENT_MS)];
    if (!middle) return false;
    for (const key of ['squareLsb', 'clippedFraction'] as const)
      if (gain === 'low') most[key] = Math.max(most[key], middle[key]);
      else least[key] = Math.min(least[key], middle[key]);
    endMs -= ms;
  }
  return (
    least.squareLsb > MIN_RATIO * most.squareLsb ||
    least.clippedFraction > most.clippedFraction + MIN_CLIPPED_STEP
  );
}

/**
 * The segments of each phase, without those that may belong to its neighbours; undefined if there
 * are too few.
 */
function cut(
  segments: readonly Segment[],
  marker: readonly MarkerPhase[],
): Record<'low' | 'high', Segment[]> | undefined {
  const levels: Record<'low' | 'high', Segment[]> = { low: [], high: [] };
  const totalMs = marker.reduce((sum, { ms }) => sum + ms, 0);
  const trimmedMs = TRIMMED_SHARE * Math.min(...marker.map(({ ms }) => ms));
  let fromMs = segments.length * SEGMENT_MS - totalMs;
  if (fromMs < 0) return undefined;
  for (const [at, { gain, ms }] of marker.entries()) {
    // Executing the settings before the first phase takes time.
    const from = Math.ceil((fromMs + (at === 0 ? ms / 2 : trimmedMs)) / SEGMENT_MS);
    const to = Math.floor((fromMs + ms - trimmedMs) / SEGMENT_MS);
    for (let k = from; k < to; k++) levels[gain].push(segments[k] as Segment);
    fromMs += ms;
  }
  return levels;
}

/** Segments since the start of the last phase: after the last segment closer to the low level. */
function segmentsSince(
  segments: readonly Segment[],
  marker: readonly MarkerPhase[],
  isLow: (segment: Segment) => boolean,
): number {
  const lastMs = marker.slice(-2).reduce((sum, { ms }) => sum + ms, 0);
  const latest = segments.slice(-Math.floor(lastMs / SEGMENT_MS));
  return latest.length - 1 - latest.findLastIndex(isLow);
}

/** Quantile of a property of the segments. */
function share(segments: readonly Segment[], part: number, key: keyof Segment): number {
  const values = segments.map((segment) => segment[key]).sort((a, b) => a - b);
  return values[Math.round(part * (values.length - 1))] ?? NaN;
}
