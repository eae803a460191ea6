import type { SdrSamplerDefinition } from '#proto/sdr_sampler';
import { SkyScanError, errorKind, errorMessage } from '#shared/base/errors';
import type { GrpcClient } from '#shared/runtime/grpc-client';
import type { ReceiverInfo } from '#proto/common';
import type { ReceiverSettings } from '#shared/rotor/rotor-config';
import { countedOf } from '#shared/base/plurals';
import type { Read } from '../domain/measurement.ts';
import type { Receiver, SamplerMoment } from '../engine/ports.ts';

export type SdrSampler = GrpcClient<typeof SdrSamplerDefinition>;

const ANSWER_MS = 10_000;

/** The receivers of a site, outside any session. */
export interface Receivers {
  list(signal: AbortSignal): Promise<ReceiverInfo[]>;
  /** Reads taken from now on, the gain that the tuner has, and how it is set beside the channel. */
  read(
    settings: ReceiverSettings,
    reads: number,
    signal: AbortSignal,
  ): Promise<{ reads: Read[]; gainDb: number; tuningVersion: number }>;
}

/** The receivers behind an sdr-sampler. */
export function receiversOf(sampler: SdrSampler): Receiver & Receivers {
  async function read(
    settings: ReceiverSettings,
    reads: number,
    signal: AbortSignal,
    notBefore?: SamplerMoment,
  ) {
    // A doubt about a carrier on the tuner's own frequency doubles the reads.
    const deadline = reads * settings.readMs * 2.5 + ANSWER_MS;
    const answer = await named(() => sampler.measure({ settings, reads, notBefore }, { signal, deadline }));
    if (answer.reads.length !== reads || answer.reads.some((one) => !Number.isFinite(one.levelDb)))
      throw new SkyScanError(
        'unavailable',
        `the receiver gave ${countedOf(answer.reads.length, reads, 'read')}`,
      );
    return {
      reads: answer.reads.map(({ levelDb, ...converter }) => ({ levelDb, converter })),
      gainDb: answer.gainDb,
      tuningVersion: answer.tuningVersion,
    };
  }

  return {
    async describe(settings, signal) {
      const options = { deadline: ANSWER_MS, ...(signal && { signal }) };
      const answer = await named(() => sampler.describe({ settings }, options));
      const { gainDb, timesReads } = answer;
      return { words: `${answer.tuner}, ${answer.sampleRateHz / 1e6} MS/s`, gainDb, timesReads };
    },
    stream: (settings, onRead, signal) =>
      named(async () => {
        for await (const { read: one } of sampler.streamReads({ settings }, { signal })) {
          if (one?.steadyMs === undefined || !Number.isFinite(one.levelDb)) continue;
          const { levelDb, steadyMs, ...converter } = one;
          onRead({ levelDb, converter, middleMs: steadyMs + settings.readMs / 2 });
        }
        throw new SkyScanError('unavailable', 'sdr-sampler ended the stream of reads');
      }),
    readClock: (signal) => named(() => sampler.readClock({}, { signal, deadline: ANSWER_MS })),
    prepare(settings, signal) {
      // Whoever asks for a read has the tuner set.
      void sampler.measure({ settings, reads: 1 }, { signal, deadline: ANSWER_MS }).catch(() => undefined);
    },
    measure: async (settings, reads, signal, notBefore) =>
      (await read(settings, reads, signal, notBefore)).reads,
    async list(signal) {
      return (await named(() => sampler.survey({}, { signal, deadline: ANSWER_MS }))).receivers;
    },
    read,
  };
}

/**
 * Says of whom the error speaks: a note with "no bytes for 2 s" alone would leave its reader
 * guessing.
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
