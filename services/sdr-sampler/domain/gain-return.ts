import { addSamples, emptySums, levelsOf } from './power.ts';

/** Detects when the gain has returned from the maximum, at which a lateness measurement ends. */
export interface GainReturn {
  /**
   * Passes consecutive samples and the time of the first one; returns when valid samples start,
   * once known.
   */
  push(iq: Uint8Array, firstMs: number): number | undefined;
}

export interface GainReturnOptions {
  sampleRateHz: number;
  /** Mean square of the samples at the highest gain, LSB. */
  highSquareLsb: number;
  /** When the wanted gain was sent. */
  sentMs: number;
  /** Longer than the low phases of a marker, which a busy server may execute late. */
  lastingMs: number;
}

/**
 * Minimum difference to the wanted gain: smaller changes cannot be distinguished from changes of
 * the signal.
 */
export const MIN_RETURN_DB = 9;
const SEGMENT_MS = 5;
/** 3 dB of the difference, which is at least 9 dB; the converter's noise may hide the rest. */
const MIN_POWER_RATIO = 2;
/**
 * A signal that overloads the converter at both gains shows no difference. Its reads are flagged.
 */
const MAX_WAIT_MS = 2_000;

export function createGainReturn(options: GainReturnOptions): GainReturn {
  const { sampleRateHz, highSquareLsb, sentMs, lastingMs } = options;
  const segmentSamples = Math.round((sampleRateHz * SEGMENT_MS) / 1000);
  let sums = emptySums();
  let lowFromMs: number | undefined;

  /** Ends a segment; returns whether the gain has been low for long enough. */
  function isReturned(endMs: number): boolean {
    const isLow = 2 * levelsOf(sums).rmsLsb ** 2 < highSquareLsb / MIN_POWER_RATIO;
    sums = emptySums();
    // Samples from before the command belong to the measurement.
    if (!isLow || endMs - SEGMENT_MS < sentMs) lowFromMs = undefined;
    else lowFromMs ??= endMs - SEGMENT_MS;
    return lowFromMs !== undefined && endMs - lowFromMs >= lastingMs;
  }

  return {
    push(iq, firstMs) {
      for (let at = 0; at < iq.length;) {
        const piece = iq.subarray(at, at + 2 * (segmentSamples - sums.samples));
        addSamples(sums, piece);
        at += piece.length;
        if (sums.samples < segmentSamples) break;
        const endMs = firstMs + (at / 2 / sampleRateHz) * 1000;
        if (isReturned(endMs)) return lowFromMs;
        if (endMs > sentMs + MAX_WAIT_MS) return endMs;
      }
      return undefined;
    },
  };
}
