import type { Clock } from '#shared/runtime/clock';
import { createGainReturn, MIN_RETURN_DB, type GainReturn } from '../domain/gain-return.ts';
import type { ProbeResult } from './lateness-probe.ts';

/** When samples belong to the settings that were sent. */
export interface Settling {
  /** Monotonic milliseconds; Infinity while unknown. */
  readonly settledMs: number;
  /** Settings were sent that take effect within `withinMs`. */
  sent(withinMs: number): void;
  /** Samples are invalid until the lateness has been measured. */
  awaitMeasurement(): void;
  /**
   * The lateness is known, and the wanted gain was sent, which is `belowHighestDb` below the
   * maximum.
   */
  measured(result: ProbeResult, sampleRateHz: number, belowHighestDb: number): void;
  /** Passes samples and the time of the first one. */
  push(iq: Uint8Array, firstMs: number): void;
}

// A change of settings shows after about two blocks.
export const SETTLING_MS = 50;
// A busy host executes the commands late: reads with the old gain would have a wrong level.
export const RETUNED_SETTLING_MS = 200;
// The first block of a connection arrives in pieces whose times are known only with the last one:
// 64 ms for rtl_tcp's 256 KiB at 2.048 MS/s. It may still contain older settings.
export const CONNECTED_SETTLING_MS = 250;
const MAX_SETTLING_MS = 1_000;

export function createSettling(clock: Clock): Settling {
  let settledMs = 0;
  /** Waits until the samples show the lower gain after a measurement. */
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
      // Longer than the server needs for a command even when it is as busy as during the
      // measurement.
      settledMs = sentMs + Math.min(MAX_SETTLING_MS, CONNECTED_SETTLING_MS * scale);
      // A server that was suspended takes longer: then the samples show the change of gain.
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
