/** Result of a check of the sample rate. */
export type RateVerdict = 'unknown yet' | 'right' | { measuredHz: number };

/** Compares the number of samples with the monotonic clock. */
export interface RateCheck {
  arrived(samples: number, atMs: number): RateVerdict;
}

const WINDOW_MS = 350;
// Crystals are off by 100 ppm; the rest allows for 64 ms blocks and a busy host within one window.
const WRONG_SHARE = 0.1;
// A draining backlog or a slow start yields windows that differ.
const SAME_SHARE = 0.05;

/**
 * Checks a new connection within a second: right after one good window, wrong after two windows
 * that agree.
 */
export function createRateCheck(requestedHz: number): RateCheck {
  let window: { startMs: number; samples: number } | undefined;
  let beforeHz: number | undefined;
  let verdict: RateVerdict = 'unknown yet';
  return {
    arrived(samples, atMs) {
      if (verdict !== 'unknown yet') return verdict;
      // The first arrival starts the clock; its samples were taken before.
      window ??= { startMs: atMs, samples: -samples };
      window.samples += samples;
      const elapsedMs = atMs - window.startMs;
      if (elapsedMs < WINDOW_MS) return verdict;
      const measuredHz = (window.samples * 1000) / elapsedMs;
      window = { startMs: atMs, samples: 0 };
      if (Math.abs(measuredHz / requestedHz - 1) < WRONG_SHARE) verdict = 'right';
      else if (beforeHz !== undefined && Math.abs(measuredHz / beforeHz - 1) < SAME_SHARE)
        verdict = { measuredHz: (measuredHz + beforeHz) / 2 };
      beforeHz = measuredHz;
      return verdict;
    },
  };
}

/** The earliest arrival within a short interval. */
interface Bin {
  atMs: number;
  latenessMs: number;
}

// Four seconds: at 98 % of the rate 80 ms are missing in that time, with a bad crystal 0.8 ms.
const BIN_MS = 200;
const BINS = 20;
const WRONG_SLOPE = 0.005;
// With a constant rate most bins are on the line, whatever a busy host does to the others; lost
// blocks are steps.
const STEADY_MS = 3;

/** Observes a running connection for a slightly wrong rate. */
export function createDriftCheck(requestedHz: number): RateCheck {
  const bins: Bin[] = [];
  let samplesSoFar = 0;
  let startMs: number | undefined;
  return {
    arrived(samples, atMs) {
      startMs ??= atMs;
      samplesSoFar += samples;
      const latenessMs = atMs - startMs - (samplesSoFar * 1000) / requestedHz;
      const last = bins.at(-1);
      if (last && atMs - last.atMs < BIN_MS) {
        last.latenessMs = Math.min(last.latenessMs, latenessMs);
        return 'unknown yet';
      }
      bins.push({ atMs, latenessMs });
      if (bins.length <= BINS) return 'unknown yet';
      const judged = bins.slice(0, BINS);
      bins.splice(0, BINS / 2);
      return judgeDrift(judged, requestedHz);
    },
  };
}

/**
 * Checks a new connection, then observes it. `suspect`: the previous connection had a slightly
 * wrong rate, so this one is right only after observation.
 */
export function createRateWatch(requestedHz: number, suspect: boolean): RateCheck {
  const rateCheck = createRateCheck(requestedHz);
  const driftCheck = createDriftCheck(requestedHz);
  let trusted = !suspect;
  return {
    arrived(samples, atMs) {
      const rate = rateCheck.arrived(samples, atMs);
      if (rate !== 'right') return rate;
      const drift = driftCheck.arrived(samples, atMs);
      trusted ||= drift === 'right';
      if (typeof drift === 'object') return drift;
      return trusted ? 'right' : 'unknown yet';
    },
  };
}

/** Fits a line to the lateness: its slope is the error of the rate. */
function judgeDrift(bins: readonly Bin[], requestedHz: number): RateVerdict {
  const mean = (of: (bin: Bin) => number) => bins.reduce((sum, bin) => sum + of(bin), 0) / bins.length;
  const middleMs = mean(({ atMs }) => atMs);
  const levelMs = mean(({ latenessMs }) => latenessMs);
  const slope =
    mean(({ atMs, latenessMs }) => (atMs - middleMs) * (latenessMs - levelMs)) /
    mean(({ atMs }) => (atMs - middleMs) ** 2);
  const offMs = bins
    .map(({ atMs, latenessMs }) => Math.abs(latenessMs - levelMs - slope * (atMs - middleMs)))
    .sort((a, b) => a - b);
  const steady = (offMs[bins.length / 2] ?? 0) < STEADY_MS;
  return Math.abs(slope) > WRONG_SLOPE && steady ? { measuredHz: requestedHz * (1 - slope) } : 'right';
}
