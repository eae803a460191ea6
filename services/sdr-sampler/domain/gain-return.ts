import { addSamples, emptySums, levelsOf } from './power.ts';

/**
 * Watches for the samples from which on the gain is no longer the highest one, with which a
 * measurement of the lateness ends.
 */
export interface GainReturn {
  /**
   * Consecutive samples and when the first was taken; returns from when on they count, once that is
   * known.
   */
  push(iq: Uint8Array, firstMs: number): number | undefined;
}

export interface GainReturnOptions {
  sampleRateHz: number;
  /** Mean square of the samples at the highest gain, LSB. */
  highSquareLsb: number;
  /** When the other gain was sent. */
  sentMs: number;
  /** Longer than the marker's low phases, which a busy server may take late. */
  lastingMs: number;
}

/**
 * The gain that is wanted is lower by this much: else its effect cannot be told from what the
 * signal does by itself.
 */
export const MIN_RETURN_DB = 9;
const SEGMENT_MS = 5;
/** 3 dB, of the 9 and more; the converter's own noise hides the rest of them. */
const FALL = 2;
/** A signal that overloads the converter at either gain shows no fall. Its reads have a flag. */
const MAX_WAIT_MS = 2_000;

export function createGainReturn(options: GainReturnOptions): GainReturn {
  const { sampleRateHz, highSquareLsb, sentMs, lastingMs } = options;
  const segmentSamples = Math.round((sampleRateHz * SEGMENT_MS) / 1000);
  let sums = emptySums();
  let lowFromMs: number | undefined;

  /** A segment that ends now; whether the gain has been lower for long enough. */
  function isReturned(endMs: number): boolean {
    const isLow = 2 * levelsOf(sums).rmsLsb ** 2 < highSquareLsb / FALL;
    sums = emptySums();
    // What was taken before the command belongs to the measurement.
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
