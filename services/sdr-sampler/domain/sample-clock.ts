/** Samples that never came: so many, from this index on. */
export interface Gap {
  index: number;
  samples: number;
}

/**
 * Says when a sample arrives at the earliest, from nothing but the number of samples and the times
 * at which they arrived. Samples may arrive later than others (a busy machine, a full queue) but
 * never earlier: the earliest arrivals show the way they take at least.
 */
export interface SampleClock {
  /**
   * So many samples came in by this time; tells of samples that are missing, or later than before
   * for good, once that is certain.
   */
  arrived(samples: number, atMs: number): Gap | undefined;
  /**
   * When a sample arrives at the earliest, monotonic milliseconds: when it was taken, if the way
   * takes no time.
   */
  timeOf(index: number): number;
  /** Index of the sample that comes next. */
  readonly next: number;
  /** The last samples came so late that some may be missing; the next arrivals will tell. */
  readonly late: boolean;
  /**
   * How much later than the earliest all samples of the last 50 ms and more came; 0 when some were
   * in time.
   */
  readonly behindMs: number;
  /** Forgets the earliest arrivals. */
  restart(): void;
}

// More than timers are late.
const LATE_MS = 3;
// A busy host is late by a few milliseconds for hundreds of them; receivers lose blocks: 64 ms of
// rtl_tcp at 2.048 MS/s.
const BLOCK_MS = 20;
// What was delayed catches up; what stays late by the same time is missing.
const WINDOW_MS = 50;
const SMALL_WINDOW_MS = 1_000;
/** Blocks come one by one: one of them may be late on its own. */
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
  /** When sample 0 arrived at the earliest. */
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
