import type { Clock } from '#shared/runtime/clock';
import type { SkyScanError } from '#shared/base/errors';
import { orAborted, sleep } from '#shared/runtime/waiting';
import { deferred } from '../engine/deferred.ts';
import {
  createMarkerFinder,
  looksLike,
  markerOf,
  type FoundMarker,
  type MarkerFinder,
  type MarkerPhase,
} from '../domain/marker.ts';
import type { SampleTimes } from '../domain/sample-times.ts';
import { createLatenessEstimate, type LatenessEstimate } from '../domain/lateness-estimate.ts';

/** What the probe needs of the receiver. */
export interface ProbedReceiver {
  sampleRateHz: number;
  times: SampleTimes;
  sendGain(gain: MarkerPhase['gain']): void;
}

/** Measures the lateness of samples. */
export interface LatenessProbe {
  /** Passes newly arrived samples. */
  push(iq: Uint8Array): void;
  /**
   * Measures; resolves with undefined when the samples show no effect of any command. Leaves the
   * gain at its maximum.
   */
  run(): Promise<ProbeResult | undefined>;
  end(reason: SkyScanError): void;
}

export interface ProbeResult {
  /** Slowness of the server with commands, relative to a fast one. */
  scale: number;
  /** Mean square of the samples at the highest gain, LSB. */
  highSquareLsb: number;
}

/** Total search time for a marker. */
export const SEARCH_MS = 6_000;
// A busy server or host blurs a marker: the next one is slower. All of them are searched for.
const ATTEMPTS = [
  { scale: 1, timeoutMs: 400 },
  { scale: 2, timeoutMs: 600 },
  { scale: 4, timeoutMs: 1_000 },
  { scale: 8, timeoutMs: 1_000 },
  { scale: 16, timeoutMs: 1_500 },
] as const;
const MAX_MARKERS = 8;
/** Maximum delay of a marker. */
const MARKER_LIFETIME_MS = 6_000;

/**
 * Measures how late samples arrive: steps the gain in a pattern at known times and searches the
 * samples for it. The result includes the delay of the command, so it is never too small.
 */
export function createLatenessProbe(receiver: ProbedReceiver, clock: Clock): LatenessProbe {
  const { sampleRateHz, times } = receiver;
  const ending = new AbortController();
  const sentMs = new Map<readonly MarkerPhase[], number>();
  /** Set during a measurement. */
  let finder: MarkerFinder | undefined;
  /** Each marker differs from the previous ones, which may still arrive. */
  let markers = 0;
  let estimate: LatenessEstimate = createLatenessEstimate(times);
  let highSquareLsb = 0;
  let onSighting: () => void = () => undefined;

  /**
   * Records the actual duration of each phase, because timers may be late. Returns false if the
   * marker is too similar to one that may still arrive.
   */
  async function send(scale: number): Promise<boolean> {
    const marker = markerOf(markers++, scale);
    let beganMs = clock.monotonicMs();
    for (const [at, phase] of marker.entries()) {
      receiver.sendGain(phase.gain);
      if (at === marker.length - 1) break;
      await sleep(phase.ms, ending.signal);
      const nowMs = clock.monotonicMs();
      phase.ms = nowMs - beganMs;
      beganMs = nowMs;
    }
    for (const [older, olderMs] of sentMs) if (beganMs - olderMs > MARKER_LIFETIME_MS) sentMs.delete(older);
    const isUnique = [...sentMs.keys()].every((older) => !looksLike(older, marker));
    sentMs.set(marker, beganMs);
    if (isUnique) finder?.watch(marker);
    return isUnique;
  }

  function onFound({ marker, samplesSince, ...seen }: FoundMarker): void {
    const askedMs = sentMs.get(marker);
    if (askedMs === undefined) return;
    highSquareLsb = seen.highSquareLsb;
    estimate.add(times.next - samplesSince, askedMs);
    onSighting();
  }

  async function sighting(timeoutMs: number): Promise<boolean> {
    const { promise, resolve } = deferred<boolean>();
    onSighting = () => resolve(true);
    const timer = setTimeout(() => resolve(false), timeoutMs);
    try {
      return await orAborted(promise, ending.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  async function measure(): Promise<ProbeResult | undefined> {
    let attempt = 0;
    let scale = 1;
    for (let sent = 0; sent < MAX_MARKERS; sent++) {
      const wait = ATTEMPTS[attempt];
      if (!wait) break;
      scale = wait.scale;
      if (!(await send(scale)) || !(await sighting(wait.timeoutMs))) attempt++;
      const certainMs = estimate.certainMs();
      if (certainMs === undefined) continue;
      times.measured(certainMs);
      return { scale, highSquareLsb };
    }
    const longestMs = estimate.longestMs();
    if (longestMs === undefined) return undefined;
    times.measured(longestMs);
    return { scale, highSquareLsb };
  }

  return {
    push(iq) {
      const marker = finder?.push(iq);
      if (marker) onFound(marker);
    },
    async run() {
      finder = createMarkerFinder(sampleRateHz);
      estimate = createLatenessEstimate(times);
      times.measure();
      try {
        return await measure();
      } finally {
        finder = undefined;
      }
    },
    end: (reason) => ending.abort(reason),
  };
}
