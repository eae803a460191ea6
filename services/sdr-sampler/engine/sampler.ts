import { createBroadcast } from '#shared/runtime/broadcast';
import type { Clock } from '#shared/runtime/clock';
import { SkyScanError } from '#shared/base/errors';
import { counted } from '#shared/base/plurals';
import { samplesToRecord } from '#shared/rotor/iq-recording';
import type { TimedRead } from './collect.ts';
import { collectIq, type CollectedIq } from './collect-iq.ts';
import {
  checkBandwidth,
  checkFrequency,
  checkReadCount,
  checkReadSettings,
  correctionPpm,
  nearestGainDb,
  reachesFrequency,
  type ReadSettings,
} from '../domain/settings.ts';
import { queuedReads } from '../domain/spectrum-channels.ts';
import { createMeasurer, planFor, type Candidate } from './measurer.ts';
import { sameTuning, type Receiver, type ReceiverFacts, type Tuning } from './receiver.ts';
import { createBoundedMutex } from './bounded-mutex.ts';
import { createFftJs, type CreateSpectrumFft } from './spectrum-fft.ts';

/** Measures with any kind of receiver, one request at a time in the order of arrival. */
export interface Sampler {
  /** Whether the times of its reads are accurate to a few milliseconds. */
  readonly timesReads: boolean;
  describe(settings: ReadSettings | undefined, signal: AbortSignal): Promise<ReceiverFacts>;
  /**
   * Takes reads after the call, or after `notBeforeMs` (monotonic) if given; also returns the
   * actual gain.
   */
  measure(
    settings: ReadSettings,
    reads: number,
    signal: AbortSignal,
    notBeforeMs?: number,
  ): Promise<{ reads: TimedRead[]; gainDb: number }>;
  /**
   * Streams reads without gaps until the signal fires. Throws `unavailable` when the receiver is
   * lost.
   */
  stream(settings: ReadSettings, signal: AbortSignal): AsyncIterable<TimedRead>;
  /** Whether `record` works. */
  readonly recordsIq: boolean;
  /**
   * Records samples taken after the call, without gaps. Throws `unsupported` if the receiver
   * delivers levels only, `busy` during a stream, `unavailable` if samples are missing.
   */
  record(settings: RecordSettings, durationMs: number, signal: AbortSignal): Promise<Recording>;
  /** Turns the bias tee off while there are no requests. */
  goIdle(): void;
  /** Releases the receiver. */
  close(): Promise<void>;
}

/** Settings of a recording; the channel lies where a read has it. */
export type RecordSettings = Omit<ReadSettings, 'readMs' | 'spectrum' | 'dbmOffsetDb'>;

/** Consecutive samples and how they were taken. */
export interface Recording extends Pick<CollectedIq, 'iq' | 'startedMs'> {
  facts: ReceiverFacts;
  tuning: Tuning;
}

export interface SamplerOptions {
  sampleRateHz: number;
  /**
   * Margin for errors of the estimated sample times: samples up to this much after the request are
   * discarded too.
   */
  guardMs: number;
  /** Default frequency error of the crystal, parts per million. */
  correctionPpm: number;
  /** Default: fft.js. */
  createSpectrumFft?: CreateSpectrumFft;
}

// Opening a local dongle takes one to two seconds.
const READY_TIMEOUT_MS = 3_000;
// For the settling after a retune, and longer than the 2 s after which a silent receiver is given
// up.
const RECORD_MARGIN_MS = 4_000;
const STREAM_CAPACITY = 1_000;
/** Another client may have changed settings that were sent longer ago. */
const RECENT_MS = 1_000;
/** Refreshed settings have taken effect after this time. */
const REFRESHED_MS = 70;

/** Creates a sampler for a receiver that streams samples. */
export function createSampler(receiver: Receiver, clock: Clock, options: SamplerOptions): Sampler {
  const runExclusive = createBoundedMutex();
  const streams = new Set<Tuning>();
  let lastReadMs = -Infinity;
  const measurer = createMeasurer(receiver, clock, { createSpectrumFft: createFftJs, ...options });

  /**
   * Tunes the receiver and returns the possible tunings; throws `busy` while another client streams
   * with other settings.
   */
  async function tune(
    settings: ReadSettings,
    signal: AbortSignal,
  ): Promise<readonly [Candidate, ...Candidate[]]> {
    const facts = await receiver.ready(READY_TIMEOUT_MS, signal);
    const ordered = measurer.inOrder(settings, candidatesFor(settings, facts, options));
    const [streaming] = streams;
    const usable = settings.spectrum && streaming ? ordered.slice(0, 1) : ordered;
    const possible = streaming ? usable.filter(({ tuning }) => sameTuning(tuning, streaming)) : ordered;
    const [first, ...others] = possible;
    if (!first) throw streamsForAnother();
    // A stream must not be disturbed; its tuning was checked at its start.
    if (!streaming) await receiver.tune(first.tuning, signal);
    return [first, ...others];
  }

  function streamsForAnother(): SkyScanError {
    const [streaming] = streams;
    return new SkyScanError(
      'busy',
      `the receiver streams at ${streaming?.centerFrequencyHz} Hz and ${streaming?.gainDb} dB of gain for another client`,
    );
  }

  /** Does nothing during a stream, which must not be disturbed. */
  function refresh(unlessSentAfterMs?: number): void {
    if (streams.size === 0) receiver.refresh(unlessSentAfterMs);
  }

  /** Settings sent after this time, for example during the slew, need not be sent again. */
  function stillValidMs(): number {
    return Math.max(lastReadMs, clock.monotonicMs() - RECENT_MS);
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
      checkReadCount(reads, settings);
      return await runExclusive(signal, async () => {
        const candidates = await tune(settings, signal);
        // When it does not delay the scan: well before the first valid sample, or during the next
        // slew.
        const early = momentMs === undefined || notBeforeMs - clock.monotonicMs() > REFRESHED_MS;
        if (early) refresh(momentMs === undefined ? stillValidMs() : Infinity);
        const measured = await measurer.read(settings, reads, candidates, notBeforeMs, signal);
        lastReadMs = clock.monotonicMs();
        if (!early) refresh();
        // Increased lateness and missing samples look the same.
        const gaps = streams.size === 0 && measured.some(({ droppedSamples }) => droppedSamples > 0);
        if (gaps && !(await receiver.gapsAreLosses(signal)))
          for (const read of measured) read.droppedSamples = 0;
        if (streams.size === 0) receiver.recheck();
        return { reads: measured, gainDb: candidates[0].tuning.gainDb };
      });
    },
    recordsIq: true,
    async record(settings, durationMs, signal) {
      const { sampleRateHz, guardMs } = options;
      const notBeforeMs = clock.monotonicMs() + guardMs;
      const samples = samplesToRecord(durationMs, sampleRateHz);
      checkBandwidth(settings.bandwidthHz, sampleRateHz);
      return await runExclusive(signal, async () => {
        const facts = await receiver.ready(READY_TIMEOUT_MS, signal);
        const [{ tuning }] = candidatesFor(settings, facts, options);
        if (streams.size > 0) throw streamsForAnother();
        await receiver.tune(tuning, signal);
        refresh(stillValidMs());
        const withinMs = durationMs + receiver.latenessMs + RECORD_MARGIN_MS;
        const period = { sampleRateHz, notBeforeMs, withinMs };
        const { iq, startedMs, droppedSamples } = await collectIq(receiver, samples, period, clock, signal);
        lastReadMs = clock.monotonicMs();
        // As in `measure`.
        if (droppedSamples > 0 && (await receiver.gapsAreLosses(signal)))
          throw new SkyScanError(
            'unavailable',
            `${counted(droppedSamples, 'sample')} of the recording ${droppedSamples === 1 ? 'is' : 'are'} missing: the network or a computer is too slow; record again`,
          );
        receiver.recheck();
        return { iq, startedMs, facts, tuning };
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
        // During the slew to the next row, so that the next stream need not wait.
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
    const splitter = measurer.splitterFor(settings, candidate);
    const msPerSample = 1000 / options.sampleRateHz;
    const reads = createBroadcast<TimedRead>(queuedReads(STREAM_CAPACITY, settings.spectrum));
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
      // Missing samples are detected late: they are counted on the read in progress.
      onGap({ samples }) {
        droppedSamples += samples;
        // A stream cannot pause to find out whether samples are missing or late. The next stream
        // starts with a measurement.
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
 * All tunings for the channel that the tuner supports, the preferred one first; throws
 * `out_of_range` when there is none.
 */
function candidatesFor(
  settings: RecordSettings & Pick<ReadSettings, 'spectrum'>,
  facts: ReceiverFacts,
  { sampleRateHz, correctionPpm: configuredPpm }: SamplerOptions,
): [Candidate, ...Candidate[]] {
  const tuner = { ...facts, name: facts.tuner };
  checkFrequency(settings.centerFrequencyHz, tuner);
  const candidates = planFor(settings, sampleRateHz).tunings.map(({ offsetHz }) => ({
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
  const [first, ...others] = reached;
  if (first) return [first, ...others];
  checkFrequency(candidates[0]?.tuning.centerFrequencyHz ?? NaN, tuner);
  throw new SkyScanError('out_of_range', `no tuning of the ${tuner.name} tuner reaches the channel`);
}
