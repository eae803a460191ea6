import type { CallContext } from 'nice-grpc-common';
import type { Read, SdrSamplerServiceImplementation } from '#proto/sdr_sampler';
import type { Clock } from '#shared/clock';
import { DEFAULT_RECEIVER, receiverFromMessage } from '#shared/rotor-config';
import type { TimedRead } from '../collect.ts';
import { levelDb } from '../domain/calibration.ts';
import type { Samplers } from '../samplers.ts';

/** The gRPC face of the samplers. */
export function createSdrSamplerService(samplers: Samplers, clock: Clock): SdrSamplerServiceImplementation {
  function toMessage(read: TimedRead, dbmOffsetDb: number | undefined): Read {
    return {
      levelDb: levelDb(read.fullScalePower, dbmOffsetDb),
      clippedFraction: read.clippedFraction,
      rmsLsb: read.rmsLsb,
      droppedSamples: read.droppedSamples,
      startedAtMs: clock.unixMs() - clock.monotonicMs() + read.startedMs,
    };
  }

  return {
    async describe(request, { signal }: CallContext) {
      const settings = request.settings && receiverFromMessage(request.settings);
      const sampler = samplers.named(settings?.receiver ?? DEFAULT_RECEIVER);
      const facts = await sampler.describe(settings, signal);
      return {
        tuner: facts.tuner,
        gainsDb: [...facts.gainsDb],
        sampleRateHz: facts.sampleRateHz,
        receivers: samplers.names,
      };
    },
    async measure(request, { signal }: CallContext) {
      const settings = receiverFromMessage(request.settings);
      const sampler = samplers.named(settings.receiver ?? DEFAULT_RECEIVER);
      const { reads, gainDb } = await sampler.measure(settings, request.reads, signal);
      return { reads: reads.map((read) => toMessage(read, settings.dbmOffsetDb)), gainDb };
    },
    async *streamReads(request, { signal }: CallContext) {
      const settings = receiverFromMessage(request.settings);
      const sampler = samplers.named(settings.receiver ?? DEFAULT_RECEIVER);
      for await (const read of sampler.stream(settings, signal))
        yield { read: toMessage(read, settings.dbmOffsetDb) };
    },
  };
}
