/** Result of a check of the sample rate. */
export type RateVerdict = 'unknown yet' | 'right' | { measuredHz: number };

const WINDOW_MS = 350;
// Crystals are off by 100 ppm; the rest allows for 64 ms blocks and a busy host within one window.
const WRONG_SHARE = 0.1;
// A draining backlog or a slow start yields windows that differ.
const SAME_SHARE = 0.05;

/**
 * Compares the number of samples of a new connection with the monotonic clock, within a second:
 * right after one good window, wrong after two windows that agree.
 */
export class RateCheck {
  readonly #requestedHz: number;
  #window: { startMs: number; samples: number } | undefined;
  #previousHz: number | undefined;
  #verdict: RateVerdict = 'unknown yet';

  constructor(requestedHz: number) {
    this.#requestedHz = requestedHz;
  }

  arrived(samples: number, atMs: number): RateVerdict {
    if (this.#verdict !== 'unknown yet') return this.#verdict;
    // The first arrival starts the clock; its samples were taken before.
    const window = (this.#window ??= { startMs: atMs, samples: -samples });
    window.samples += samples;
    const elapsedMs = atMs - window.startMs;
    if (elapsedMs < WINDOW_MS) return this.#verdict;
    this.#window = { startMs: atMs, samples: 0 };
    this.#verdict = this.#verdictOn((window.samples * 1000) / elapsedMs);
    return this.#verdict;
  }

  #verdictOn(measuredHz: number): RateVerdict {
    const previousHz = this.#previousHz;
    this.#previousHz = measuredHz;
    if (Math.abs(measuredHz / this.#requestedHz - 1) < WRONG_SHARE) return 'right';
    if (previousHz === undefined || Math.abs(measuredHz / previousHz - 1) >= SAME_SHARE) return 'unknown yet';
    return { measuredHz: (measuredHz + previousHz) / 2 };
  }
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
export class DriftCheck {
  readonly #requestedHz: number;
  readonly #bins: Bin[] = [];
  #samples = 0;
  #startMs: number | undefined;

  constructor(requestedHz: number) {
    this.#requestedHz = requestedHz;
  }

  arrived(samples: number, atMs: number): RateVerdict {
    this.#startMs ??= atMs;
    this.#samples += samples;
    const latenessMs = atMs - this.#startMs - (this.#samples * 1000) / this.#requestedHz;
    const last = this.#bins.at(-1);
    if (last && atMs - last.atMs < BIN_MS) {
      last.latenessMs = Math.min(last.latenessMs, latenessMs);
      return 'unknown yet';
    }
    this.#bins.push({ atMs, latenessMs });
    if (this.#bins.length <= BINS) return 'unknown yet';
    const considered = this.#bins.slice(0, BINS);
    this.#bins.splice(0, BINS / 2);
    return driftVerdict(considered, this.#requestedHz);
  }
}

/**
 * Checks the rate of each connection to a server, then observes it. A slightly wrong rate shows
 * only after some seconds: the connection after such a one is right only after that observation.
 */
export class RateWatch {
  readonly #requestedHz: number;
  #rateCheck: RateCheck;
  #driftCheck: DriftCheck;
  #isSuspect = false;

  constructor(requestedHz: number) {
    this.#requestedHz = requestedHz;
    this.#rateCheck = new RateCheck(requestedHz);
    this.#driftCheck = new DriftCheck(requestedHz);
  }

  /** A new connection: the samples are counted from 0. */
  connected(): void {
    this.#rateCheck = new RateCheck(this.#requestedHz);
    this.#driftCheck = new DriftCheck(this.#requestedHz);
  }

  arrived(samples: number, atMs: number): RateVerdict {
    const rate = this.#rateCheck.arrived(samples, atMs);
    if (rate !== 'right') return rate;
    const drift = this.#driftCheck.arrived(samples, atMs);
    if (drift !== 'unknown yet') this.#isSuspect = drift !== 'right';
    if (typeof drift === 'object') return drift;
    return this.#isSuspect ? 'unknown yet' : 'right';
  }
}

/** Fits a line to the lateness: its slope is the error of the rate. */
function driftVerdict(bins: readonly Bin[], requestedHz: number): RateVerdict {
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
