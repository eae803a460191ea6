/** What a source transmits at one frequency. */
export interface Signal {
  centerHz: number;
  /**
   * Rate of its random symbols, Hz; the first nulls of its spectrum are this far from the centre.
   * 0: an unmodulated carrier.
   */
  bandwidthHz: number;
  /** Share of the power of its source, while it is on. */
  share: number;
  /** Undefined: always on. */
  bursts: Bursts | undefined;
  /** The same signal again at this distance, and so on; undefined: only once. */
  repeatsHz: number | undefined;
}

/** On for the first part of each period. */
export interface Bursts {
  /** Share of the period, 0 to 1. */
  dutyCycle: number;
  periodMs: number;
  /** Start of a period, Unix time. */
  startsMs: number;
}

/** The settings of the tuner. It receives half the sample rate on either side of its frequency. */
export interface Tuned {
  frequencyHz: number;
  sampleRateHz: number;
}

/** Distances from the tuner frequency at which it is received, Hz; empty: outside the band. */
export function offsetsInBand(
  { centerHz, repeatsHz }: Signal,
  { frequencyHz, sampleRateHz }: Tuned,
): number[] {
  const offsetHz = centerHz - frequencyHz;
  const edgeHz = sampleRateHz / 2;
  if (repeatsHz === undefined) return offsetHz >= -edgeHz && offsetHz < edgeHz ? [offsetHz] : [];
  const offsets: number[] = [];
  const first = Math.ceil((-edgeHz - offsetHz) / repeatsHz);
  for (let n = first; offsetHz + n * repeatsHz < edgeHz; n++) offsets.push(offsetHz + n * repeatsHz);
  return offsets;
}

/** Share of the time from `fromMs` to `toMs` (Unix) during which it is on; a moment: 0 or 1. */
export function onShare({ bursts }: Signal, fromMs: number, toMs: number): number {
  if (!bursts) return 1;
  if (toMs <= fromMs) return timeOn(bursts, fromMs + INSTANT_MS) - timeOn(bursts, fromMs) > 0 ? 1 : 0;
  return (timeOn(bursts, toMs) - timeOn(bursts, fromMs)) / (toMs - fromMs);
}

// Exactly representable at times since 1970.
const INSTANT_MS = 1 / 1024;

/** Time for which it has been on since the start of its first period. */
function timeOn({ dutyCycle, periodMs, startsMs }: Bursts, unixMs: number): number {
  const periods = Math.floor((unixMs - startsMs) / periodMs);
  const intoPeriodMs = unixMs - startsMs - periods * periodMs;
  return (periods * dutyCycle + Math.min(intoPeriodMs / periodMs, dutyCycle)) * periodMs;
}
