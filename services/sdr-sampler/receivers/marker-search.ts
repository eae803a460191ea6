import { orAborted } from '#shared/runtime/waiting';
import { createLatenessEstimate, type LatenessEstimate } from '../domain/lateness-estimate.ts';
import { MarkerFinder, type FoundMarker } from '../domain/marker-finder.ts';
import type { MarkerPhase } from '../domain/marker.ts';
import type { SampleTimes } from '../domain/sample-times.ts';
import { deferred } from '../engine/deferred.ts';
import type { MarkerSender } from './marker-sender.ts';

/** Searches the samples of one measurement for markers and estimates the lateness from them. */
export interface MarkerSearch {
  readonly estimate: LatenessEstimate;
  /** Mean square of the samples at the highest gain, LSB. */
  readonly highSquareLsb: number;
  /** Starts to search for a marker whose last phase has just started. */
  watch(marker: readonly MarkerPhase[]): void;
  push(iq: Uint8Array): void;
  /** Waits for the next marker in the samples; resolves with false after `timeoutMs`. */
  sighting(timeoutMs: number, signal: AbortSignal): Promise<boolean>;
}

export function createMarkerSearch(
  sampleRateHz: number,
  times: SampleTimes,
  sender: Pick<MarkerSender, 'sentMs'>,
): MarkerSearch {
  const finder = new MarkerFinder(sampleRateHz);
  const estimate = createLatenessEstimate(times);
  let highSquareLsb = 0;
  let onSighting: () => void = () => undefined;

  function onFound(found: FoundMarker): void {
    const sentMs = sender.sentMs(found.marker);
    if (sentMs === undefined) return;
    highSquareLsb = found.highSquareLsb;
    estimate.add(times.next - found.samplesSince, sentMs);
    onSighting();
  }

  return {
    estimate,
    get highSquareLsb() {
      return highSquareLsb;
    },
    watch: (marker) => finder.watch(marker),
    push(iq) {
      const found = finder.push(iq);
      if (found) onFound(found);
    },
    async sighting(timeoutMs, signal) {
      const { promise, resolve } = deferred<boolean>();
      onSighting = () => resolve(true);
      const timer = setTimeout(() => resolve(false), timeoutMs);
      try {
        return await orAborted(promise, signal);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
