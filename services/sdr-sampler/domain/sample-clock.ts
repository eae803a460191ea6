/** Missing samples: their number and the index of the first one. */
export interface Gap {
  index: number;
  samples: number;
}

/**
 * Estimates the earliest arrival time of samples from their number and arrival times. Samples may
 * be delayed (a busy machine, a full queue) but never early, so the earliest arrivals show the
 * minimum delay.
 */
export interface SampleClock {
  /**
   * `samples` arrived at `atMs`. Returns samples that are missing, or permanently later than
   * before, once that is certain.
   */
  arrived(samples: number, atMs: number): Gap | undefined;
  /**
   * Earliest arrival of a sample, monotonic milliseconds: when it was taken, plus the minimum
   * delay.
   */
  timeOf(index: number): number;
  /** Index of the next sample. */
  readonly next: number;
  /** The last samples were so late that some may be missing; the next arrivals decide. */
  readonly late: boolean;
  /** Minimum lateness of all samples of at least the last 50 ms; 0 if some were on time. */
  readonly behindMs: number;
  /** Discards the earliest arrivals. */
  restart(): void;
}

// Timers are less late than this.
const LATE_MS = 3;
// A busy host is late by some milliseconds for hundreds of milliseconds; receivers lose whole
// blocks: 64 ms for rtl_tcp at 2.048 MS/s.
const BLOCK_MS = 20;
// Delayed samples catch up; a constant lateness means missing samples.
const WINDOW_MS = 50;
const SMALL_WINDOW_MS = 1_000;
/** Blocks arrive separately: a single one may be late. */
const WINDOW_ARRIVALS = 2;
const SAME_MS = 1.5;
// Crystals are off by up to 100 ppm.
const DRIFT_MS_PER_MS = 200e-6;

interface Window {
  startMs: number;
  arrivals: number;
  minMs: number;
}

export function createSampleClock(sampleRateHz: number): SampleClock {
  const msPerSample = 1000 / sampleRateHz;
  let next = 0;
  /** Earliest arrival of sample 0. */
  let zeroMs: number | undefined;
  let lastMs = 0;
  let late: { index: number; window: Window; previousMinMs?: number } | undefined;

  function settle(index: number, latenessMs: number): Gap {
    const gap = { index, samples: Math.round(latenessMs / msPerSample) };
    next += gap.samples;
    late = undefined;
    return gap;
  }

  return {
    arrived(samples, atMs) {
      const firstIndex = next;
      next += samples;
      const earliestMs = atMs - next * msPerSample;
      if (zeroMs === undefined || earliestMs < zeroMs) zeroMs = earliestMs;
      else zeroMs = Math.min(earliestMs, zeroMs + (atMs - lastMs) * DRIFT_MS_PER_MS);
      lastMs = atMs;
      const latenessMs = earliestMs - zeroMs;
      if (latenessMs <= LATE_MS) {
        late = undefined;
        return undefined;
      }
      late ??= { index: firstIndex, window: { startMs: atMs, arrivals: 0, minMs: latenessMs } };
      const { window, previousMinMs, index } = late;
      window.arrivals++;
      window.minMs = Math.min(window.minMs, latenessMs);
      const { minMs } = window;
      const isOver =
        window.arrivals >= WINDOW_ARRIVALS &&
        atMs - window.startMs >= (minMs < BLOCK_MS ? SMALL_WINDOW_MS : WINDOW_MS);
      if (!isOver) return undefined;
      if (previousMinMs !== undefined && Math.abs(minMs - previousMinMs) < SAME_MS)
        return settle(index, minMs);
      late = { index, window: { startMs: atMs, arrivals: 0, minMs: Infinity }, previousMinMs: minMs };
      return undefined;
    },
    timeOf: (index) => (zeroMs ?? 0) + index * msPerSample,
    get next() {
      return next;
    },
    get late() {
      return late !== undefined && Math.min(late.window.minMs, late.previousMinMs ?? Infinity) >= BLOCK_MS;
    },
    get behindMs() {
      return late?.previousMinMs === undefined ? 0 : Math.min(late.window.minMs, late.previousMinMs);
    },
    restart() {
      zeroMs = undefined;
      late = undefined;
    },
  };
}
