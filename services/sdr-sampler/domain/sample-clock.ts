/** Missing samples: their number and the index of the first one. */
export interface Gap {
  index: number;
  samples: number;
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

/** Samples that are late: they catch up, or are missing. */
interface Late {
  index: number;
  window: Window;
  previousMinMs?: number;
}

/**
 * Estimates the earliest arrival time of samples from their number and arrival times. Samples may
 * be delayed (a busy machine, a full queue) but never early, so the earliest arrivals show the
 * minimum delay.
 */
export class SampleClock {
  readonly #msPerSample: number;
  #next = 0;
  /** Earliest arrival of sample 0. */
  #zeroMs: number | undefined;
  #lastMs = 0;
  #late: Late | undefined;

  constructor(sampleRateHz: number) {
    this.#msPerSample = 1000 / sampleRateHz;
  }

  /** Index of the next sample. */
  get next(): number {
    return this.#next;
  }

  /** The last samples were so late that some may be missing; the next arrivals decide. */
  get late(): boolean {
    const late = this.#late;
    return late !== undefined && Math.min(late.window.minMs, late.previousMinMs ?? Infinity) >= BLOCK_MS;
  }

  /** Minimum lateness of all samples of at least the last 50 ms; 0 if some were on time. */
  get behindMs(): number {
    const late = this.#late;
    return late?.previousMinMs === undefined ? 0 : Math.min(late.window.minMs, late.previousMinMs);
  }

  /**
   * Earliest arrival of a sample, monotonic milliseconds: when it was taken, plus the minimum
   * delay.
   */
  timeOf(index: number): number {
    return (this.#zeroMs ?? 0) + index * this.#msPerSample;
  }

  /**
   * `samples` arrived at `atMs`. Returns samples that are missing, or permanently later than
   * before, once that is certain.
   */
  arrived(samples: number, atMs: number): Gap | undefined {
    const firstIndex = this.#next;
    this.#next += samples;
    const latenessMs = this.#latenessMs(atMs);
    if (latenessMs <= LATE_MS) {
      this.#late = undefined;
      return undefined;
    }
    const late = (this.#late ??= { index: firstIndex, window: windowFrom(atMs) });
    const { window, previousMinMs, index } = late;
    window.arrivals++;
    window.minMs = Math.min(window.minMs, latenessMs);
    if (!isOver(window, atMs)) return undefined;
    const { minMs } = window;
    if (previousMinMs !== undefined && Math.abs(minMs - previousMinMs) < SAME_MS)
      return this.#settle(index, minMs);
    this.#late = { index, window: windowFrom(atMs), previousMinMs: minMs };
    return undefined;
  }

  /** Discards the earliest arrivals. */
  restart(): void {
    this.#zeroMs = undefined;
    this.#late = undefined;
  }

  /** Lateness of the samples that arrived at `atMs`, relative to the earliest arrivals. */
  #latenessMs(atMs: number): number {
    const earliestMs = atMs - this.#next * this.#msPerSample;
    const zeroMs = this.#zeroMs;
    this.#zeroMs =
      zeroMs === undefined
        ? earliestMs
        : Math.min(earliestMs, zeroMs + (atMs - this.#lastMs) * DRIFT_MS_PER_MS);
    this.#lastMs = atMs;
    return earliestMs - this.#zeroMs;
  }

  #settle(index: number, latenessMs: number): Gap {
    const gap = { index, samples: Math.round(latenessMs / this.#msPerSample) };
    this.#next += gap.samples;
    this.#late = undefined;
    return gap;
  }
}

function windowFrom(startMs: number): Window {
  return { startMs, arrivals: 0, minMs: Infinity };
}

function isOver({ startMs, arrivals, minMs }: Window, atMs: number): boolean {
  const lengthMs = minMs < BLOCK_MS ? SMALL_WINDOW_MS : WINDOW_MS;
  return arrivals >= WINDOW_ARRIVALS && atMs - startMs >= lengthMs;
}
