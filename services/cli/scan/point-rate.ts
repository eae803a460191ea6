interface RateSample {
  atMs: number;
  completed: number;
}

// A mark every half second for a minute.
const MIN_INTERVAL_MS = 500;
const WINDOW_MS = 60_000;
const MIN_SPAN_MS = 3_000;

/** How quickly points come, over the last minute; time arrives as a number. */
export class PointRate {
  #samples: RateSample[] = [];

  /** So many points are there. */
  record(completed: number, atMs: number): void {
    const last = this.#samples.at(-1);
    if (last && atMs - last.atMs < MIN_INTERVAL_MS) return;
    this.#samples.push({ atMs, completed });
    while (this.#samples.length > 2 && atMs - (this.#samples[0]?.atMs ?? 0) > WINDOW_MS) this.#samples.shift();
  }

  /** Begins anew: after a pause, and after an outage whose points came all at once. */
  reset(): void {
    this.#samples = [];
  }

  /** Points per second; undefined while too little was seen. */
  perSecond(completed: number, nowMs: number): number | undefined {
    const first = this.#samples[0];
    if (!first || nowMs - first.atMs < MIN_SPAN_MS) return undefined;
    return ((completed - first.completed) * 1000) / (nowMs - first.atMs);
  }
}
