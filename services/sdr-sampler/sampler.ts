import { createBroadcast } from '#shared/broadcast';
import type { Clock } from '#shared/clock';
import { SkyScanError } from '#shared/errors';
import { collectReads, type TimedRead } from './collect.ts';
import { createChannelMeter, fftSamples, needsChannel } from './domain/channel.ts';
import { createReadSplitter, samplesPerRead, type ReadSplitter } from './domain/reads.ts';
import {
  checkFrequency,
  checkReadCount,
  checkReadSettings,
  correctionPpm,
  nearestGainDb,
  type ReadSettings,
} from './domain/settings.ts';
import { createFft } from './fft.ts';
import { sameTuning, type Receiver, type ReceiverFacts, type Tuning } from './receivers/receiver.ts';
import { createTurns } from './turns.ts';

/** What measures, whatever the receiver is; one request after the other in the order they came. */
export interface Sampler {
  /** Whether the times of its reads are good to a few milliseconds. */
  readonly timesReads: boolean;
  describe(settings: ReadSettings | undefined, signal: AbortSignal): Promise<ReceiverFacts>;
  /**
   * Reads of samples taken after the call, or after `notBeforeMs` (monotonic) where that is given, and the gain that the tuner has.
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
  rest(): void;
  /** Lets go of the receiver. */
  close(): Promise<void>;
}

export interface SamplerOptions {
  sampleRateHz: number;
  /** Samples younger than the request by less than this are discarded too: the estimate of their time has errors. */
  guardMs: number;
  /** Error of the crystal where the settings say nothing else, parts per million. */
  correctionPpm: number;
}

// A dongle of this host takes a second or two to open.
const REACHED_WITHIN_MS = 3_000;
// More than the 2 s after which a silent receiver is given up, so that the answer can say so.
const MARGIN_MS = 2_500;
const STREAM_CAPACITY = 1_000;

/** Measures with a receiver that streams samples. */
export function createSampler(receiver: Receiver, clock: Clock, options: SamplerOptions): Sampler {
  const queued = createTurns();
  const streams = new Set<Tuning>();

  /** Sets the receiver; throws `busy` when somebody streams with other settings. */
  async function tune(settings: ReadSettings, signal: AbortSignal): Promise<Tuning> {
    const facts = await receiver.ready(REACHED_WITHIN_MS, signal);
    const tuning = tuningFor(settings, facts, options.correctionPpm);
    for (const other of streams)
      if (!sameTuning(other, tuning))
        throw new SkyScanError(
          'busy',
          `the receiver streams at ${other.centerFrequencyHz} Hz with ${other.gainDb} dB of gain for somebody else`,
        );
    receiver.tune(tuning);
    return tuning;
  }

  return {
    timesReads: true,
    async describe(settings, signal) {
      if (settings) checkReadSettings(settings, options.sampleRateHz);
      const facts = await receiver.ready(REACHED_WITHIN_MS, signal);
      if (settings) tuningFor(settings, facts, options.correctionPpm);
      return facts;
    },
    async measure(settings, reads, signal, momentMs) {
      const notBeforeMs = (momentMs ?? clock.monotonicMs()) + options.guardMs;
      checkReadSettings(settings, options.sampleRateHz);
      checkReadCount(reads, settings.readMs);
      return await queued(signal, async () => {
        const { gainDb } = await tune(settings, signal);
        const collection = {
          reads,
          splitter: splitterFor(settings, options.sampleRateHz),
          sampleRateHz: options.sampleRateHz,
          notBeforeMs,
          withinMs: Math.max(0, notBeforeMs - clock.monotonicMs()) + reads * settings.readMs + MARGIN_MS,
        };
        return { reads: await collectReads(receiver, collection, clock, signal), gainDb };
      });
    },
    async *stream(settings, signal) {
      const notBeforeMs = clock.monotonicMs() + options.guardMs;
      checkReadSettings(settings, options.sampleRateHz);
      const tuning = await queued(signal, async () => {
        const tuned = await tune(settings, signal);
        streams.add(tuned);
        return tuned;
      });
      try {
        yield* readsOf(settings, notBeforeMs, signal);
      } finally {
        streams.delete(tuning);
      }
    },
    rest: () => receiver.rest(),
    close: () => receiver.close(),
  };

  async function* readsOf(
    settings: ReadSettings,
    notBeforeMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<TimedRead> {
    const splitter = splitterFor(settings, options.sampleRateHz);
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
          reads.publish({ ...read, startedMs, droppedSamples });
          droppedSamples = 0;
        }
      },
      // What is missing is known only afterwards: it goes on the read in progress.
      onGap: ({ samples }) => (droppedSamples += samples),
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

function tuningFor(settings: ReadSettings, facts: ReceiverFacts, configuredPpm: number): Tuning {
  checkFrequency(settings.centerFrequencyHz, { ...facts, name: facts.tuner });
  return {
    centerFrequencyHz: settings.centerFrequencyHz,
    gainDb: nearestGainDb(settings.gainDb, facts.gainsDb),
    correctionPpm: correctionPpm(settings.frequencyCorrectionPpm, configuredPpm),
    biasTee: settings.biasTee ?? false,
  };
}

function splitterFor({ readMs, bandwidthHz }: ReadSettings, sampleRateHz: number): ReadSplitter {
  const samples = samplesPerRead(readMs, sampleRateHz);
  if (!needsChannel(bandwidthHz, sampleRateHz)) return createReadSplitter(samples, undefined);
  const fft = createFft(fftSamples(bandwidthHz, sampleRateHz));
  return createReadSplitter(samples, createChannelMeter(bandwidthHz, sampleRateHz, fft));
}
