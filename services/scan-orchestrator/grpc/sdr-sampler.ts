import type { SdrSamplerDefinition } from '#proto/sdr_sampler';
import { SkyScanError, errorKind, errorMessage } from '#shared/errors';
import type { GrpcClient } from '#shared/grpc-client';
import type { Receiver } from '../engine/ports.ts';

export type SdrSampler = GrpcClient<typeof SdrSamplerDefinition>;

const ANSWER_MS = 10_000;

/** The receiver behind an sdr-sampler. */
export function receiverOf(sampler: SdrSampler): Receiver {
  return {
    async describe(settings, signal) {
      const options = { deadline: ANSWER_MS, ...(signal && { signal }) };
      const answer = await named(() => sampler.describe({ settings }, options));
      return `${answer.tuner}, ${answer.sampleRateHz / 1e6} MS/s`;
    },
    async measure(settings, reads, signal) {
      const deadline = reads * settings.readMs * 1.5 + ANSWER_MS;
      const answer = await named(() => sampler.measure({ settings, reads }, { signal, deadline }));
      if (answer.reads.length !== reads || answer.reads.some((read) => !Number.isFinite(read.levelDb)))
        throw new SkyScanError('unavailable', `the receiver gave ${answer.reads.length} of ${reads} reads`);
      return answer.reads.map(({ levelDb, ...converter }) => ({ levelDb, converter }));
    },
  };
}

/** Says of whom the error speaks: a note with "no bytes for 2 s" alone would leave its reader guessing. */
async function named<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const kind = errorKind(error);
    if (kind !== 'unavailable' && kind !== 'timeout') throw error;
    throw new SkyScanError(kind, `Cannot connect to the receiver: ${errorMessage(error)}`, { cause: error });
  }
}
