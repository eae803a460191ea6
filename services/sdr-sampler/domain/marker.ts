import { addSamples, emptySums, levelsOf } from './power.ts';

/** Steps of the gain and their durations; the last one remains. */
export type MarkerPhase = { gain: 'low' | 'high'; ms: number };

/** Searches samples for markers. */
export interface MarkerFinder {
  /** Starts to search for a marker whose last phase has just started. */
  watch(marker: readonly MarkerPhase[]): void;
  /** Adds consecutive samples (pairs of unsigned bytes); returns a marker that they complete. */
  push(iq: Uint8Array): FoundMarker | undefined;
}

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

const SHORT_MS = 20;
const LONG_MS = 40;
/**
 * High before and after the code, so that both its ends are visible; settings sent before need time
 * too.
 */
const EDGE_MS = 50;
const SEEN_MS = 15;
/**
 * Durations of low, high, low. Each marker uses another code, so that a delayed one is not mistaken
 * for the next.
 */
const CODES = [
  [SHORT_MS, SHORT_MS, LONG_MS],
  [LONG_MS, SHORT_MS, SHORT_MS],
  [SHORT_MS, LONG_MS, SHORT_MS],
  [LONG_MS, SHORT_MS, LONG_MS],
  [SHORT_MS, LONG_MS, LONG_MS],
  [LONG_MS, LONG_MS, SHORT_MS],
] as const;

const SEGMENT_MS = 0.5;
// The execution time of commands varies by a few milliseconds: 5 ms for the fastest marker.
const TRIMMED_SHARE = 1 / 3;
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
const HISTORY_MS = 4_000;

/** Returns a marker; `scale` 2: twice as slow, for a server that is slow with commands. */
export function markerOf(number: number, scale: number): MarkerPhase[] {
  const [first, second, third] = CODES[number % CODES.length] ?? CODES[0];
  return [
    { gain: 'high', ms: EDGE_MS },
    { gain: 'low', ms: first * scale },
    { gain: 'high', ms: second * scale },
    { gain: 'low', ms: third * scale },
    { gain: 'high', ms: SEEN_MS * scale },
  ];
}

/** Whether `watched` could be found in the samples of `passing`: late timers lengthen phases. */
export function looksLike(passing: readonly MarkerPhase[], watched: readonly MarkerPhase[]): boolean {
  const shifts = boundariesMs(watched).map((ms, k) => ms - (boundariesMs(passing)[k] ?? NaN));
  const shortestMs = Math.min(...watched.map(({ ms }) => ms));
  // Each boundary may be anywhere within the trimmed parts on both sides of it.
  return Math.max(...shifts) - Math.min(...shifts) <= 2 * TRIMMED_SHARE * shortestMs + SEGMENT_MS;
}

/** Start of each phase, except the first, before the start of the last one. */
function boundariesMs(marker: readonly MarkerPhase[]): number[] {
  const phases = marker.slice(1, -1).toReversed();
  return [0, ...phases.map((_, k) => phases.slice(0, k + 1).reduce((sum, { ms }) => sum + ms, 0))];
}

export function createMarkerFinder(sampleRateHz: number): MarkerFinder {
  const segmentSamples = Math.round((sampleRateHz * SEGMENT_MS) / 1000);
  const most = HISTORY_MS / SEGMENT_MS;
  const segments: Segment[] = [];
  const watched: (readonly MarkerPhase[])[] = [];
  let sums = emptySums();

  /** Checks the middle of each phase only: usually fails, and avoids sorting. */
  function mayEndWith(marker: readonly MarkerPhase[]): boolean {
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
  function cut(marker: readonly MarkerPhase[]): Record<'low' | 'high', Segment[]> | undefined {
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
  function segmentsSince(marker: readonly MarkerPhase[], isLow: (segment: Segment) => boolean): number {
    const lastMs = marker.slice(-2).reduce((sum, { ms }) => sum + ms, 0);
    const latest = segments.slice(-Math.floor(lastMs / SEGMENT_MS));
    return latest.length - 1 - latest.findLastIndex(isLow);
  }

  /**
   * Samples since the start of the marker's last phase; undefined if the latest samples do not end
   * with the marker.
   */
  function sighting(marker: readonly MarkerPhase[]): Omit<FoundMarker, 'marker'> | undefined {
    const levels = mayEndWith(marker) ? cut(marker) : undefined;
    if (!levels) return undefined;
    const low = share(levels.low, QUANTILE, 'squareLsb');
    const high = share(levels.high, 1 - QUANTILE, 'squareLsb');
    const found = (since: number) => ({ samplesSince: since * segmentSamples, highSquareLsb: high });
    if (high > MIN_SQUARE_LSB && high > MIN_RATIO * low) {
      const middle = Math.sqrt(high * Math.max(low, MIN_SQUARE_LSB / MIN_RATIO));
      return found(segmentsSince(marker, ({ squareLsb }) => squareLsb < middle));
    }
    const lowClipped = share(levels.low, QUANTILE, 'clippedFraction');
    const highClipped = share(levels.high, 1 - QUANTILE, 'clippedFraction');
    if (highClipped < lowClipped + MIN_CLIPPED_STEP) return undefined;
    const middle = (lowClipped + highClipped) / 2;
    return found(segmentsSince(marker, ({ clippedFraction }) => clippedFraction < middle));
  }

  return {
    watch: (marker) => void watched.push(marker),
    push(iq) {
      let found: FoundMarker | undefined;
      for (let at = 0; at < iq.length;) {
        const piece = iq.subarray(at, at + 2 * (segmentSamples - sums.samples));
        addSamples(sums, piece);
        at += piece.length;
        if (sums.samples < segmentSamples) continue;
        const { rmsLsb, clippedFraction } = levelsOf(sums);
        segments.push({ squareLsb: 2 * rmsLsb ** 2, clippedFraction });
        sums = emptySums();
        if (segments.length > 2 * most) segments.splice(0, most);
        for (const marker of watched) {
          const seen = sighting(marker);
          if (!seen) continue;
          watched.splice(watched.indexOf(marker), 1);
          found = { marker, ...seen, samplesSince: seen.samplesSince + (iq.length - at) / 2 };
          break;
        }
      }
      return found;
    },
  };
}

/** Quantile of a property of the segments. */
function share(segments: readonly Segment[], part: number, key: keyof Segment): number {
  const values = segments.map((segment) => segment[key]).sort((a, b) => a - b);
  return values[Math.round(part * (values.length - 1))] ?? NaN;
}
