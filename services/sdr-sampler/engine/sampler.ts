import { createBroadcast } from '#shared/runtime/broadcast';
import type { Clock } from '#shared/runtime/clock';
import { SkyScanError } from '#shared/base/errors';
import type { TimedRead } from './collect.ts';
import {
  checkFrequency,
  checkReadCount,
  checkReadSettings,
  correctionPpm,
  nearestGainDb,
  reachesFrequency,
  type ReadSettings,
} from '../domain/settings.ts';
import { planTuning } from '../domain/tuning.ts';
import { createMeasurer, type Candidate } from './measurer.ts';
import { sameTuning, type Receiver, type ReceiverFacts, type Tuning } from './receiver.ts';
import { createBoundedMutex } from './bounded-mutex.ts';

/** What measures, whatever the receiver is; one request after the other in the order they came. */
export interface Sampler {
  /** Whether the times of its reads are good to a few milliseconds. */
  readonly timesReads: boolean;
  describe(settings: ReadSettings | undefined, signal: AbortSignal): Promise<ReceiverFacts>;
  /**
   * Reads of samples taken after the call, or after `notBeforeMs` (monotonic) where that is given,
   * and the gain that the tuner has.
   */
  measure(
    settings: ReadSettings,
    reads: number,
    signal: AbortSignal,
    notBeforeMs?: number,
  ): Promise<{ reads: TimedRead[]; gainDb: number }>;
  /** Reads without gaps until the signal fires. Throws `unavailable` when the receiver is lost. */
  stream(settings: ReadSettings, signal: AbortSignal): AsyncIterable<TimedRead>;
  /** Nobody needs it for now: the amplifier at the antenna gets no more current. */
  goIdle(): void;
  /** Lets go of the receiver. */
  close(): Promise<void>;
}

export interface SamplerOptions {
  sampleRateHz: number;
  /**
   * Samples younger than the request by less than this are discarded too: the estimate of their
   * time has errors.
   */
  guardMs: number;
  /** Error of the crystal where the settings say nothing else, parts per million. */
  correctionPpm: number;
}

// A dongle of this host takes a second or two to open.
const READY_TIMEOUT_MS = 3_000;
const STREAM_CAPACITY = 1_000;
/** Settings that were sent less than this ago, as while the rotor slewed, are not sent again. */
const RECENT_MS = 1_000;
/** A refreshed setting has taken effect by then. */
const REFRESHED_MS = 70;

/** Measures with a receiver that streams samples. */
export function createSampler(receiver: Receiver, clock: Clock, options: SamplerOptions): Sampler {
  const runExclusive = createBoundedMutex();
  const streams = new Set<Tuning>();
  const measurer = createMeasurer(receiver, clock, options);

  /**
   * Sets the receiver and returns the tunings that are possible; throws `busy` when another client
   * streams with other settings.
   */
  async function tune(
    settings: ReadSettings,
    signal: AbortSignal,
  ): Promise<readonly [Candidate, ...Candidate[]]> {
    const facts = await receiver.ready(READY_TIMEOUT_MS, signal);
    const ordered = measurer.inOrder(settings, candidatesFor(settings, facts, options));
    const [streaming] = streams;
    const possible = streaming ? ordered.filter(({ tuning }) => sameTuning(tuning, streaming)) : ordered;
    const [first, ...others] = possible;
    if (!first)
      throw new SkyScanError(
        'busy',
        `the receiver streams at ${streaming?.centerFrequencyHz} Hz and ${streaming?.gainDb} dB of gain for another client`,
      );
    // A stream must not be disturbed; its receiver was checked when it began.
    if (!streaming) await receiver.tune(first.tuning, signal);
    return [first, ...others];
  }

  /** A stream must not be disturbed. */
  function refresh(olderThanMs?: number): void {
    if (streams.size === 0) receiver.refresh(olderThanMs);
  }

  return {
    timesReads: true,
    async describe(settings, signal) {
      if (settings) checkReadSettings(settings, options.sampleRateHz);
      const facts = await receiver.ready(READY_TIMEOUT_MS, signal);
      if (settings) candidatesFor(settings, facts, options);
      return facts;
    },
    async measure(settings, reads, signal, momentMs) {
      const notBeforeMs = (momentMs ?? clock.monotonicMs()) + options.guardMs;
      checkReadSettings(settings, options.sampleRateHz);
      checkReadCount(reads, settings.readMs);
      return await runExclusive(signal, async () => {
        const candidates = await tune(settings, signal);
        // Where a scan loses no time: before the moment from which on samples count, or beside the
        // next slew.
        const early = momentMs === undefined || notBeforeMs - clock.monotonicMs() > REFRESHED_MS;
        if (early) refresh(momentMs === undefined ? RECENT_MS : 0);
        const measured = await measurer.read(settings, reads, candidates, notBeforeMs, signal);
        if (!early) refresh();
        // Samples that arrive later than before look the same as missing ones.
        const gaps = streams.size === 0 && measured.some(({ droppedSamples }) => droppedSamples > 0);
        if (gaps && !(await receiver.gapsAreLosses(signal)))
          for (const read of measured) read.droppedSamples = 0;
        if (streams.size === 0) receiver.recheck();
        return { reads: measured, gainDb: candidates[0].tuning.gainDb };
      });
    },
    async *stream(settings, signal) {
      const notBeforeMs = clock.monotonicMs() + options.guardMs;
      checkReadSettings(settings, options.sampleRateHz);
      const candidate = await runExclusive(signal, async () => {
        await measurer.learnDc(settings, await tune(settings, signal), signal);
        const [begun] = await tune(settings, signal);
        if (receiver.untimed) throw receiver.untimed;
        streams.add(begun.tuning);
        return begun;
      });
      try {
        yield* readsOf(settings, candidate, notBeforeMs, signal);
      } finally {
        streams.delete(candidate.tuning);
        // Beside the slew to the next row, so that the next stream need not wait for it.
        refresh();
        if (streams.size === 0) receiver.recheck();
      }
    },
    goIdle: () => receiver.goIdle(),
    close: () => receiver.close(),
  };

  async function* readsOf(
    settings: ReadSettings,
    candidate: Candidate,
    notBeforeMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<TimedRead> {
    const splitter = measurer.splitterFor(settings, candidate.offsetHz);
    const msPerSample = 1000 / options.sampleRateHz;
    const reads = createBroadcast<TimedRead>(STREAM_CAPACITY);
    const subscription = reads.subscribe(signal);
    let lost: SkyScanError | undefined;
    let droppedSamples = 0;
    const stopListening = receiver.listen({
      onSamples({ iq, firstIndex, firstMs }) {
        if (firstMs < Math.max(notBeforeMs, receiver.settledMs)) return;
        for (const read of splitter.push(iq, firstIndex)) {
          const startedMs = firstMs + (read.firstIndex - firstIndex) * msPerSample;
          for (const one of measurer.complete(settings, candidate, [{ ...read, startedMs, droppedSamples }]))
            reads.publish(one);
          droppedSamples = 0;
        }
      },
      // What is missing is known only afterwards: it goes on the read in progress.
      onGap({ samples }) {
        droppedSamples += samples;
        // Missing or late: a stream cannot find out without a disturbance. The next one begins with
        // a measurement.
        if (!receiver.untimed) return;
        lost = receiver.untimed;
        reads.close();
      },
      onLost(error) {
        lost = error;
        reads.close();
      },
    });
    try {
      yield* subscription;
    } finally {
      stopListening();
    }
    if (lost) throw lost;
  }
}

/**
 * Every way to tune to the channel that the tuner can reach, the preferred one first; throws
 * `out_of_range` when there is none.
 */
function candidatesFor(
  settings: ReadSettings,
  facts: ReceiverFacts,
  { sampleRateHz, correctionPpm: configuredPpm }: SamplerOptions,
): Candidate[] {
  const tuner = { ...facts, name: facts.tuner };
  checkFrequency(settings.centerFrequencyHz, tuner);
  const candidates = planTuning(settings.bandwidthHz, sampleRateHz).tunings.map(({ offsetHz }) => ({
    offsetHz,
    tuning: {
      centerFrequencyHz: Math.round(settings.centerFrequencyHz - offsetHz),
      gainDb: nearestGainDb(settings.gainDb, facts.gainsDb),
      correctionPpm: correctionPpm(settings.frequencyCorrectionPpm, configuredPpm),
      biasTee: settings.biasTee ?? false,
    },
  }));
  const reached = candidates.filter(({ tuning }) =>
    reachesFrequency(tuning.centerFrequencyHz, settings.centerFrequencyHz, tuner),
  );
  if (reached.length === 0) checkFrequency(candidates[0]?.tuning.centerFrequencyHz ?? NaN, tuner);
  return reached;
}
