/** Samples that never came: so many, from this index on. */
export interface Gap {
  index: number;
  samples: number;
}

/**
 * Says when a sample was taken, from nothing but the number of samples and the times at which they arrived. Samples may
 * arrive late (a busy machine, a full queue) but never early: the earliest arrivals show when they were taken.
 */
export interface SampleClock {
  /** So many samples came in by this time; tells of samples that are missing, once that is certain. */
  arrived(samples: number, atMs: number): Gap | undefined;
  /** When a sample was taken, monotonic milliseconds. */
  timeOf(index: number): number;
  /** Index of the sample that comes next. */
  readonly next: number;
  /** The last samples came late: delayed or missing, the next arrivals will tell. */
  readonly late: boolean;
}

// Less than a block of 16 KiB at 2.048 MS/s, more than timers are late.
const LATE_MS = 3;
// What was delayed catches up; what stays late by the same time is missing.
const WINDOW_MS = 50;
const SAME_MS = 1.5;
// Crystals are off by up to 100 ppm.
const DRIFT_MS_PER_MS = 200e-6;

export function createSampleClock(sampleRateHz: number): SampleClock {
  const msPerSample = 1000 / sampleRateHz;
  let next = 0;
  /** When sample 0 was taken. */
  let zeroMs: number | undefined;
  let lastMs = 0;
  let late: { index: number; windowStartMs: number; leastMs: number; leastBeforeMs?: number } | undefined;

  function settle(latenessMs: number): Gap | undefined {
    const gap = { index: late?.index ?? next, samples: Math.round(latenessMs / msPerSample) };
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
      late ??= { index: firstIndex, windowStartMs: atMs, leastMs: latenessMs };
      late.leastMs = Math.min(late.leastMs, latenessMs);
      if (atMs - late.windowStartMs < WINDOW_MS) return undefined;
      const { leastMs, leastBeforeMs } = late;
      if (leastBeforeMs !== undefined && Math.abs(leastMs - leastBeforeMs) < SAME_MS) return settle(leastMs);
      late = { index: late.index, windowStartMs: atMs, leastMs: Infinity, leastBeforeMs: leastMs };
      return undefined;
    },
    timeOf: (index) => (zeroMs ?? 0) + index * msPerSample,
    get next() {
      return next;
    },
    get late() {
      return late !== undefined;
    },
  };
}
