import type { SdrSamplerDefinition } from '#proto/sdr_sampler';
import { SkyScanError, errorKind, errorMessage } from '#shared/base/errors';
import type { GrpcClient } from '#shared/runtime/grpc-client';
import type { ReceiverInfo } from '#proto/common';
import type { ReceiverSettings } from '#shared/rotor/rotor-config';
import { countedOf } from '#shared/base/plurals';
import type { Read } from '../domain/measurement.ts';
import type { Receiver, SamplerMoment } from '../engine/ports.ts';

export type SdrSampler = GrpcClient<typeof SdrSamplerDefinition>;

const REPLY_TIMEOUT_MS = 10_000;

/** The receivers of a site, independent of sessions. */
export interface Receivers {
  list(signal: AbortSignal): Promise<ReceiverInfo[]>;
  /** Takes reads now. Also returns the actual gain and the version of the tuning rules. */
  read(
    settings: ReceiverSettings,
    reads: number,
    signal: AbortSignal,
  ): Promise<{ reads: Read[]; gainDb: number; tuningVersion: number }>;
}

/** The receivers of an sdr-sampler. */
export function receiversOf(sampler: SdrSampler): Receiver & Receivers {
  async function read(
    settings: ReceiverSettings,
    reads: number,
    signal: AbortSignal,
    notBefore?: SamplerMoment,
  ) {
    // The sampler reads twice when a carrier may hide behind the DC offset.
    const deadline = reads * settings.readMs * 2.5 + REPLY_TIMEOUT_MS;
    const request = { settings, reads, notBefore };
    const answer = await named(() => sampler.measure(request, { signal, deadline }));
    if (answer.reads.length !== reads || answer.reads.some((one) => !Number.isFinite(one.levelDb)))
      throw new SkyScanError(
        'unavailable',
        `the receiver returned ${countedOf(answer.reads.length, reads, 'read')}`,
      );
    return {
      reads: answer.reads.map(({ levelDb, ...converter }) => ({ levelDb, converter })),
      gainDb: answer.gainDb,
      tuningVersion: answer.tuningVersion,
    };
  }

  return {
    async describe(settings, signal) {
      const options = { deadline: REPLY_TIMEOUT_MS, ...(signal && { signal }) };
      const answer = await named(() => sampler.describe({ settings }, options));
      const { gainDb, timesReads } = answer;
      return { description: `${answer.tuner}, ${answer.sampleRateHz / 1e6} MS/s`, gainDb, timesReads };
    },
    stream: (settings, onRead, signal) =>
      named(async () => {
        for await (const { read: one } of sampler.streamReads({ settings }, { signal })) {
          if (one?.monotonicMs === undefined || !Number.isFinite(one.levelDb)) continue;
          const { levelDb, monotonicMs, ...converter } = one;
          onRead({ levelDb, converter, middleMs: monotonicMs + settings.readMs / 2 });
        }
        throw new SkyScanError('unavailable', 'sdr-sampler ended the stream of reads');
      }),
    readClock: (signal) => named(() => sampler.readClock({}, { signal, deadline: REPLY_TIMEOUT_MS })),
    prepare(settings, signal) {
      // A request for a read makes the sampler tune.
      void sampler
        .measure({ settings, reads: 1 }, { signal, deadline: REPLY_TIMEOUT_MS })
        .catch(() => undefined);
    },
    measure: async (settings, reads, signal, notBefore) =>
      (await read(settings, reads, signal, notBefore)).reads,
    async list(signal) {
      return (await named(() => sampler.survey({}, { signal, deadline: REPLY_TIMEOUT_MS }))).receivers;
    },
    read,
  };
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
