import type { RecordIqResponse, SdrSamplerDefinition } from '#proto/sdr_sampler';
import { SkyScanError, errorKind, errorMessage } from '#shared/base/errors';
import type { GrpcClient } from '#shared/runtime/grpc-client';
import type { ReceiverInfo } from '#proto/common';
import type { ReceiverSettings } from '#shared/rotor/rotor-config';
import { sleep } from '#shared/runtime/waiting';
import { countedOf } from '#shared/base/plurals';
import type { Read } from '../domain/measurement.ts';
import type { Dwell, IqRecorder, Receiver, SamplerMoment } from '../engine/ports.ts';
import type { Tuning } from '../engine/tunings.ts';
import { readSpectrumFromMessage, spectrumFromMessage } from './spectrum-messages.ts';

export type SdrSampler = GrpcClient<typeof SdrSamplerDefinition>;

const REPLY_TIMEOUT_MS = 10_000;
const BUSY_RETRY_MS = 20;
const BUSY_FOR_MS = 1_000;

/** The receivers of a site, independent of sessions. */
export interface Receivers {
  list(signal: AbortSignal): Promise<ReceiverInfo[]>;
  /** Takes reads now. Also returns the actual gain and the version of the tuning rules. */
  read(
    settings: ReceiverSettings,
    reads: number,
    signal: AbortSignal,
  ): Promise<Dwell & { gainDb: number; tuningVersion: number }>;
}

/** The receivers of an sdr-sampler. */
export function receiversOf(sampler: SdrSampler): Receiver & Receivers & IqRecorder {
  async function read(tuning: Tuning, reads: number, signal: AbortSignal, notBefore?: SamplerMoment) {
    const { settings, spectrum } = requestOf(tuning);
    // The sampler reads twice when a carrier may hide behind the DC offset.
    const deadline = reads * tuning.readMs * 2.5 + REPLY_TIMEOUT_MS;
    const request = { settings, reads, notBefore, spectrum };
    const answer = await named(() => onceFree(() => sampler.measure(request, { signal, deadline }), signal));
    if (answer.reads.length !== reads || answer.reads.some((one) => !Number.isFinite(one.levelDb)))
      throw new SkyScanError(
        'unavailable',
        `the receiver returned ${countedOf(answer.reads.length, reads, 'read')}`,
      );
    return {
      reads: answer.reads.map(({ levelDb, ...converter }): Read => ({ levelDb, converter })),
      ...(spectrum && {
        spectrum: spectrumFromMessage(answer.spectrum, settings.dbmOffsetDb !== undefined),
      }),
      gainDb: answer.gainDb,
      tuningVersion: answer.tuningVersion,
    };
  }

  return {
    async describe(tuning, signal) {
      const options = { deadline: REPLY_TIMEOUT_MS, ...(signal && { signal }) };
      const answer = await named(() => sampler.describe(requestOf(tuning), options));
      const { gainDb, timesReads, sampleRateHz, recordsIq } = answer;
      const description = `${answer.tuner}, ${sampleRateHz / 1e6} MS/s`;
      return { description, gainDb, timesReads, sampleRateHz, recordsIq };
    },
    stream: (tuning, onRead, signal) =>
      named(async () => {
        await onceFree(async () => {
          for await (const { read: one, spectrum } of sampler.streamReads(requestOf(tuning), { signal })) {
            if (one?.monotonicMs === undefined || !Number.isFinite(one.levelDb)) continue;
            const { levelDb, monotonicMs, ...converter } = one;
            const read = { levelDb, converter, middleMs: monotonicMs + tuning.readMs / 2 };
            onRead(tuning.spectrum ? { ...read, spectrum: readSpectrumFromMessage(spectrum) } : read);
          }
        }, signal);
        throw new SkyScanError('unavailable', 'sdr-sampler ended the stream of reads');
      }),
    readClock: (signal) => named(() => sampler.readClock({}, { signal, deadline: REPLY_TIMEOUT_MS })),
    prepare(tuning, signal) {
      // A request for a read makes the sampler tune.
      void sampler
        .measure({ ...requestOf(tuning), reads: 1 }, { signal, deadline: REPLY_TIMEOUT_MS })
        .catch(() => undefined);
    },
    measure: read,
    async list(signal) {
      return (await named(() => sampler.survey({}, { signal, deadline: REPLY_TIMEOUT_MS }))).receivers;
    },
    read,
    record: (settings, durationMs, signal) =>
      named(async () => {
        const request = { ...requestOf(settings), durationMs };
        const parts = sampler.recordIq(request, { signal })[Symbol.asyncIterator]();
        const first = await parts.next();
        const part = first.done ? undefined : first.value.part;
        if (part?.$case !== 'recording')
          throw new SkyScanError('unavailable', 'sdr-sampler sent no description of the recording');
        return { ...part.value, iq: blocksOf(parts) };
      }),
  };
}

async function* blocksOf(parts: AsyncIterator<RecordIqResponse>): AsyncGenerator<Buffer> {
  try {
    for (;;) {
      const next = await named(() => parts.next());
      if (next.done) return;
      if (next.value.part?.$case === 'iq') yield next.value.part.value;
    }
  } finally {
    await parts.return?.();
  }
}

function requestOf({ spectrum, ...settings }: Tuning) {
  return { settings, spectrum };
}

/**
 * Repeats a call that the sampler refuses because a stream with another tuning runs: it learns of
 * the end of our previous stream some milliseconds later.
 */
async function onceFree<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += BUSY_RETRY_MS) {
    try {
      return await call();
    } catch (error) {
      if (errorKind(error) !== 'busy' || waitedMs >= BUSY_FOR_MS) throw error;
      await sleep(BUSY_RETRY_MS, signal);
    }
  }
}

/**
 * Names the receiver in the error: "no bytes for 2 s" alone does not identify the device in a note.
 */
async function named<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const kind = errorKind(error);
    if (kind !== 'unavailable' && kind !== 'timeout') throw error;
    throw new SkyScanError(kind, `Cannot connect to the receiver: ${errorMessage(error)}`, {
      cause: error,
      details: { peer: 'receiver' },
    });
  }
}
