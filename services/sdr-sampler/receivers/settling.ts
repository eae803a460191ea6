import type { Clock } from '#shared/runtime/clock';
import { createGainReturn, MIN_RETURN_DB, type GainReturn } from '../domain/gain-return.ts';
import type { ProbeResult } from './lateness-probe.ts';

/** From when on samples belong to the settings that were sent. */
export interface Settling {
  /** Monotonic milliseconds; Infinity while that is not known. */
  readonly settledMs: number;
  /** Settings were sent that take effect within so many milliseconds. */
  sent(withinMs: number): void;
  /** Nothing counts before a measurement of the lateness. */
  awaitMeasurement(): void;
  /** The lateness is known, and the gain was sent again, so many dB below the highest. */
  measured(result: ProbeResult, sampleRateHz: number, belowHighestDb: number): void;
  /** Samples, and when the first of them was taken. */
  push(iq: Uint8Array, firstMs: number): void;
}

// A retune shows after about two blocks.
export const SETTLING_MS = 50;
// The first block of a connection comes in pieces, whose times are known only with the last one: 64
// ms for rtl_tcp's 256 KiB at 2.048 MS/s. It may still hold the settings of before.
export const CONNECTED_SETTLING_MS = 250;
const MAX_SETTLING_MS = 1_000;

export function createSettling(clock: Clock): Settling {
  let settledMs = 0;
  /** Until the samples show that the gain is back after a measurement. */
  let gainReturn: GainReturn | undefined;
  return {
    get settledMs() {
      return gainReturn ? Infinity : settledMs;
    },
    sent(withinMs) {
      settledMs = Math.max(settledMs, clock.monotonicMs() + withinMs);
    },
    awaitMeasurement() {
      gainReturn = undefined;
      settledMs = Infinity;
    },
    measured({ scale, highSquareLsb }, sampleRateHz, belowHighestDb) {
      const sentMs = clock.monotonicMs();
      // The highest gain is far from the one that is wanted: longer than a server needs for a
      // command, be it as busy as it was.
      settledMs = sentMs + Math.min(MAX_SETTLING_MS, CONNECTED_SETTLING_MS * scale);
      // One that was stopped for a moment takes it later than that: the samples show it.
      const lastingMs = SETTLING_MS * scale;
      if (belowHighestDb >= MIN_RETURN_DB)
        gainReturn = createGainReturn({ sampleRateHz, highSquareLsb, sentMs, lastingMs });
    },
    push(iq, firstMs) {
      const returnedMs = gainReturn?.push(iq, firstMs);
      if (returnedMs === undefined) return;
      gainReturn = undefined;
      settledMs = Math.max(settledMs, returnedMs + SETTLING_MS);
    },
  };
}
