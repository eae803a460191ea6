import type { Clock } from '#shared/runtime/clock';
import type { SkyScanError } from '#shared/base/errors';
import type { MarkerPhase } from '../domain/marker.ts';
import type { SampleTimes } from '../domain/sample-times.ts';
import { createMarkerSearch, type MarkerSearch } from './marker-search.ts';
import { createMarkerSender } from './marker-sender.ts';

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

/**
 * Measures how late samples arrive: steps the gain in a pattern at known times and searches the
 * samples for it. The result includes the delay of the command, so it is never too small.
 */
export function createLatenessProbe(receiver: ProbedReceiver, clock: Clock): LatenessProbe {
  const { sampleRateHz, times } = receiver;
  const ending = new AbortController();
  const sender = createMarkerSender((gain) => receiver.sendGain(gain), clock, ending.signal);
  /** Set during a measurement. */
  let search: MarkerSearch | undefined;

  /** Returns false if the marker does not show in the samples in time. */
  async function probe(current: MarkerSearch, scale: number, timeoutMs: number): Promise<boolean> {
    const marker = await sender.send(scale);
    if (!marker) return false;
    current.watch(marker);
    return await current.sighting(timeoutMs, ending.signal);
  }

  async function measure(current: MarkerSearch): Promise<ProbeResult | undefined> {
    let attempt = 0;
    let scale = 1;
    for (let sent = 0; sent < MAX_MARKERS; sent++) {
      const wait = ATTEMPTS[attempt];
      if (!wait) break;
      scale = wait.scale;
      if (!(await probe(current, scale, wait.timeoutMs))) attempt++;
      const certainMs = current.estimate.certainMs();
      if (certainMs === undefined) continue;
      times.measured(certainMs);
      return { scale, highSquareLsb: current.highSquareLsb };
    }
    const longestMs = current.estimate.longestMs();
    if (longestMs === undefined) return undefined;
    times.measured(longestMs);
    return { scale, highSquareLsb: current.highSquareLsb };
  }

  return {
    push: (iq) => search?.push(iq),
    async run() {
      search = createMarkerSearch(sampleRateHz, times, sender);
      times.measure();
      try {
        return await measure(search);
      } finally {
        search = undefined;
      }
    },
    end: (reason) => ending.abort(reason),
  };
}
