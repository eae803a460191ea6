import type { Clock } from '#shared/clock';
import type { SkyScanError } from '#shared/errors';
import { orAborted, sleep } from '#shared/waiting';
import { deferred } from '../deferred.ts';
import {
  createMarkerFinder,
  markerOf,
  type FoundMarker,
  type MarkerFinder,
  type MarkerPhase,
} from '../domain/marker.ts';
import { AT_ONCE_MS, type SampleTimes } from '../domain/sample-times.ts';

/** What the probe needs of the receiver. */
export interface ProbedReceiver {
  sampleRateHz: number;
  times: SampleTimes;
  sendGain(gain: MarkerPhase['gain']): void;
}

/** A measurement of how late samples arrive. */
export interface LatenessProbe {
  /** The samples that have just arrived. */
  push(iq: Uint8Array): void;
  /**
   * Measures. Resolves with how many times slower than a quick one the server took commands, or undefined when the samples show no
   * effect of any. Leaves the gain changed.
   */
  run(): Promise<number | undefined>;
  end(reason: SkyScanError): void;
}

/** A marker is looked for this long. */
export const LOOKED_FOR_MS = 6_000;
// A server or host that was busy blurs a marker: the next one is slower. All of them are looked for.
const TRIES = [
  { scale: 1, patienceMs: 400 },
  { scale: 2, patienceMs: 600 },
  { scale: 4, patienceMs: 1_000 },
  { scale: 8, patienceMs: 1_000 },
  { scale: 16, patienceMs: 1_500 },
] as const;
const MOST_MARKERS = 8;
/** Two sightings that differ by less show the same lateness. */
const SAME_MS = 20;
const SAME_SHARE = 0.05;

/**
 * Measures how late samples arrive: the gain is stepped in a pattern at known times, and the pattern is looked for in the samples. The
 * result includes the way of the command, so it is never too small.
 */
export function createLatenessProbe(receiver: ProbedReceiver, clock: Clock): LatenessProbe {
  const { sampleRateHz, times } = receiver;
  const ending = new AbortController();
  const sentMs = new Map<readonly MarkerPhase[], number>();
  /** While it runs. */
  let finder: MarkerFinder | undefined;
  /** A marker differs from the ones before it, which may still be on their way. */
  let markers = 0;
  /** How long the markers that were seen took, milliseconds, and after how many gaps that was. */
  let sightings: number[] = [];
  let gaps = 0;
  let onSighting: () => void = () => undefined;

  /** Phases last as long as they did; a timer may have been late. */
  async function send(scale: number): Promise<void> {
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
    sentMs.set(marker, beganMs);
    finder?.watch(marker);
  }

  function onFound({ marker, samplesSince }: FoundMarker): void {
    const askedMs = sentMs.get(marker);
    if (askedMs === undefined) return;
    if (times.gaps !== gaps) sightings = [];
    gaps = times.gaps;
    sightings.push(times.effectMs(times.next - samplesSince, askedMs));
    onSighting();
  }

  async function sighting(patienceMs: number): Promise<boolean> {
    const { promise, resolve } = deferred<boolean>();
    onSighting = () => resolve(true);
    const timer = setTimeout(() => resolve(false), patienceMs);
    try {
      return await orAborted(promise, ending.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  async function measure(): Promise<number | undefined> {
    let attempt = 0;
    let scale = 1;
    for (let sent = 0; sent < MOST_MARKERS; sent++) {
      const wait = TRIES[attempt];
      if (!wait) break;
      scale = wait.scale;
      await send(scale);
      if (!(await sighting(wait.patienceMs))) attempt++;
      const certainMs = certain(sightings);
      if (certainMs === undefined) continue;
      times.measured(certainMs);
      return scale;
    }
    if (sightings.length === 0) return undefined;
    // Too long makes a point wait longer, and nothing worse.
    times.measured(Math.max(...sightings));
    return scale;
  }

  return {
    push(iq) {
      const marker = finder?.push(iq);
      if (marker) onFound(marker);
    },
    async run() {
      finder = createMarkerFinder(sampleRateHz);
      sentMs.clear();
      sightings = [];
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

/**
 * What sightings show for certain. A host that was busy for a moment makes one late, and an older marker that is still on its way may look
 * like the one that was sent: only what is not late at all is believed at once.
 */
function certain(sightings: readonly number[]): number | undefined {
  const sorted = sightings.toSorted((a, b) => a - b);
  const [least = Infinity] = sorted;
  if (least < AT_ONCE_MS) return least;
  return sorted.find((one, k) => {
    const before = sorted[k - 1];
    return before !== undefined && one - before < SAME_MS + SAME_SHARE * one;
  });
}
