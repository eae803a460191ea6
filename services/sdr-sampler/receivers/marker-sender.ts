import type { Clock } from '#shared/runtime/clock';
import { sleep } from '#shared/runtime/waiting';
import { looksLike, markerOf, type MarkerPhase } from '../domain/marker.ts';

/** Sends markers: patterns of gain steps, each different from the ones that may still arrive. */
export interface MarkerSender {
  /**
   * Sends the next marker and records the actual duration of each phase, because timers may be
   * late. Resolves when its last phase has started; with undefined if it is too similar to one that
   * may still arrive.
   */
  send(scale: number): Promise<readonly MarkerPhase[] | undefined>;
  /** When the last phase of a marker was sent, monotonic milliseconds; undefined: long ago. */
  sentMs(marker: readonly MarkerPhase[]): number | undefined;
}

/** Maximum delay of a marker. */
const MARKER_LIFETIME_MS = 6_000;

export function createMarkerSender(
  sendGain: (gain: MarkerPhase['gain']) => void,
  clock: Clock,
  ending: AbortSignal,
): MarkerSender {
  const sentMs = new Map<readonly MarkerPhase[], number>();
  let count = 0;

  function forgetBefore(ms: number): void {
    for (const [marker, atMs] of sentMs) if (atMs < ms) sentMs.delete(marker);
  }

  return {
    async send(scale) {
      const marker = markerOf(count++, scale);
      let beganMs = clock.monotonicMs();
      for (const [at, phase] of marker.entries()) {
        sendGain(phase.gain);
        if (at === marker.length - 1) break;
        await sleep(phase.ms, ending);
        const nowMs = clock.monotonicMs();
        phase.ms = nowMs - beganMs;
        beganMs = nowMs;
      }
      forgetBefore(beganMs - MARKER_LIFETIME_MS);
      const isUnique = [...sentMs.keys()].every((older) => !looksLike(older, marker));
      sentMs.set(marker, beganMs);
      return isUnique ? marker : undefined;
    },
    sentMs: (marker) => sentMs.get(marker),
  };
}
