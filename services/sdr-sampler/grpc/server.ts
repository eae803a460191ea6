import { randomUUID } from 'node:crypto';
import type { CallContext } from 'nice-grpc-common';
import type { IqRecording, ReceiverInfo } from '#proto/common';
import type {
  Read,
  RecordIqRequest,
  RecordIqResponse,
  SamplerMoment,
  SdrSamplerServiceImplementation,
} from '#proto/sdr_sampler';
import type { Clock } from '#shared/runtime/clock';
import { errorKind, errorMessage, SkyScanError } from '#shared/base/errors';
import { SAMPLE_BYTES } from '#shared/rotor/iq-recording';
import { DEFAULT_RECEIVER } from '#shared/rotor/rotor-config';
import type { TimedRead } from '../engine/collect.ts';
import { levelDb } from '../domain/calibration.ts';
import { nearestGainDb } from '../domain/settings.ts';
import { TUNING_VERSION } from '../domain/tuning.ts';
import type { Sampler } from '../engine/sampler.ts';
import { readSpectrumToMessage, settingsFromRequest, spectrumToMessage } from './spectrum-messages.ts';

// Three round trips on the slowest supported link take 3 s.
const MAX_AHEAD_MS = 10_000;
const IQ_MESSAGE_BYTES = 65_536;

/** The receivers of this process by name. */
export interface Samplers {
  names: string[];
  /** Throws `invalid` for an unknown name. */
  get(name: string): Sampler;
}

/** Counts reads and failures of the receivers. */
export interface ReadObserver {
  read(receiver: string, read: TimedRead): void;
  failed(receiver: string, kind: string): void;
}

/** The gRPC service of sdr-sampler. */
export function createSdrSamplerService(
  samplers: Samplers,
  clock: Clock,
  observer: ReadObserver,
): SdrSamplerServiceImplementation {
  const clockName = randomUUID();
  // Two recordings in memory would be 32 MiB, beside other services of a Raspberry Pi.
  let isRecording = false;

  function momentOf({ monotonicMs, clock: name }: SamplerMoment): number {
    if (name !== clockName)
      throw new SkyScanError('wrong_state', 'not_before refers to the clock before a restart of sdr-sampler');
    const aheadMs = monotonicMs - clock.monotonicMs();
    if (!(aheadMs <= MAX_AHEAD_MS))
      throw new SkyScanError('invalid', `not_before is ${aheadMs} ms ahead; at most ${MAX_AHEAD_MS} ms`);
    return monotonicMs;
  }

  function toMessage(read: TimedRead, dbmOffsetDb: number | undefined): Read {
    return {
      levelDb: levelDb(read.fullScalePower, dbmOffsetDb),
      clippedFraction: read.clippedFraction,
      rmsLsb: read.rmsLsb,
      droppedSamples: read.droppedSamples,
      dcInDoubt: read.dcInDoubt,
      startedAtMs: unixMsOf(read.startedMs),
    };
  }

  function unixMsOf(monotonicMs: number): number {
    return clock.unixMs() - clock.monotonicMs() + monotonicMs;
  }

  async function* record(
    { settings: message, durationMs }: RecordIqRequest,
    signal: AbortSignal,
  ): AsyncGenerator<RecordIqResponse> {
    const settings = settingsFromRequest({ settings: message });
    const sampler = samplers.get(settings.name ?? DEFAULT_RECEIVER);
    const { iq, startedMs, facts, tuning } = await sampler.record(settings, durationMs, signal);
    const recording: IqRecording = {
      tuner: facts.tuner,
      sampleRateHz: facts.sampleRateHz,
      tunerFrequencyHz: tuning.centerFrequencyHz,
      gainDb: tuning.gainDb,
      startedAtMs: unixMsOf(startedMs),
      samples: iq.length / SAMPLE_BYTES,
    };
    yield { part: { $case: 'recording', value: recording } };
    for (let at = 0; at < iq.length; at += IQ_MESSAGE_BYTES)
      yield { part: { $case: 'iq', value: Buffer.from(iq.subarray(at, at + IQ_MESSAGE_BYTES)) } };
  }

  function rethrow(receiver: string, error: unknown, signal: AbortSignal): never {
    if (!signal.aborted) observer.failed(receiver, errorKind(error));
    throw error;
  }

  async function info(name: string, signal: AbortSignal): Promise<ReceiverInfo> {
    try {
      const facts = await samplers.get(name).describe(undefined, signal);
      const { tuner: model, gainsDb, sampleRateHz, warning } = facts;
      return { name, tuner: { model, gainsDb: [...gainsDb], sampleRateHz }, trouble: warning };
    } catch (error) {
      if (errorKind(error) === 'internal' || signal.aborted) throw error;
      return { name, trouble: errorMessage(error) };
    }
  }

  return {
    async describe(request, { signal }: CallContext) {
      const settings = request.settings && settingsFromRequest(request);
      const sampler = samplers.get(settings?.name ?? DEFAULT_RECEIVER);
      const facts = await sampler.describe(settings, signal);
      return {
        tuner: facts.tuner,
        gainsDb: [...facts.gainsDb],
        sampleRateHz: facts.sampleRateHz,
        receivers: samplers.names,
        timesReads: sampler.timesReads,
        recordsIq: sampler.recordsIq,
        ...(settings && { gainDb: nearestGainDb(settings.gainDb, facts.gainsDb) }),
      };
    },
    async survey(_request, { signal }: CallContext) {
      return { receivers: await Promise.all(samplers.names.map((name) => info(name, signal))) };
    },
    async measure(request, { signal }: CallContext) {
      const settings = settingsFromRequest(request);
      const receiver = settings.name ?? DEFAULT_RECEIVER;
      const sampler = samplers.get(receiver);
      const notBeforeMs = request.notBefore && momentOf(request.notBefore);
      const { reads, gainDb } = await sampler
        .measure(settings, request.reads, signal, notBeforeMs)
        .catch((error: unknown) => rethrow(receiver, error, signal));
      for (const read of reads) observer.read(receiver, read);
      const messages = reads.map((read) => toMessage(read, settings.dbmOffsetDb));
      const spectrum = spectrumToMessage(reads, settings.dbmOffsetDb);
      return { reads: messages, gainDb, tuningVersion: TUNING_VERSION, spectrum };
    },
    async *streamReads(request, { signal }: CallContext) {
      const settings = settingsFromRequest(request);
      const receiver = settings.name ?? DEFAULT_RECEIVER;
      const sampler = samplers.get(receiver);
      try {
        for await (const read of sampler.stream(settings, signal)) {
          observer.read(receiver, read);
          yield {
            read: {
              ...toMessage(read, settings.dbmOffsetDb),
              ...(sampler.timesReads && { monotonicMs: read.startedMs }),
            },
            spectrum: readSpectrumToMessage(read, settings.dbmOffsetDb),
          };
        }
      } catch (error) {
        rethrow(receiver, error, signal);
      }
    },
    async *recordIq(request, { signal }) {
      if (isRecording)
        throw new SkyScanError('busy', 'sdr-sampler makes or sends another recording; try again later');
      isRecording = true;
      try {
        yield* record(request, signal);
      } finally {
        isRecording = false;
      }
    },
    readClock: () => Promise.resolve({ monotonicMs: clock.monotonicMs(), clock: clockName }),
  };
}
