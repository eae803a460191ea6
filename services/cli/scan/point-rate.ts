interface RateSample {
  atMs: number;
  completed: number;
}

// A sample every half second for a minute.
const MIN_INTERVAL_MS = 500;
const WINDOW_MS = 60_000;
const MIN_SPAN_MS = 3_000;

/** Points per second over the last minute. Time is passed in. */
export interface PointRate {
  record(completed: number, atMs: number): void;
  /** After a pause, and after an outage whose points arrive all at once. */
  reset(): void;
  /** Undefined until the samples span 3 s. */
  perSecond(completed: number, nowMs: number): number | undefined;
}

export function createPointRate(): PointRate {
  let samples: RateSample[] = [];
  return {
    record(completed, atMs) {
      const last = samples.at(-1);
      if (last && atMs - last.atMs < MIN_INTERVAL_MS) return;
      samples.push({ atMs, completed });
      while (samples.length > 2 && atMs - (samples[0]?.atMs ?? 0) > WINDOW_MS) samples.shift();
    },
    reset() {
      samples = [];
    },
    perSecond(completed, nowMs) {
      const [first] = samples;
      if (!first || nowMs - first.atMs < MIN_SPAN_MS) return undefined;
      return ((completed - first.completed) * 1000) / (nowMs - first.atMs);
    },
  };
}
