import { Counter, type Registry } from 'prom-client';
import type { ReadObserver } from './grpc/server.ts';

/** The metrics of sdr-sampler besides those of its process. */
export function createSamplerMetrics(registry: Registry): ReadObserver {
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const reads = counter('skyscan_reads_total', 'Reads of a receiver', ['receiver']);
  const clipped = counter('skyscan_reads_clipped_total', 'Reads of a receiver with clipped samples', [
    'receiver',
  ]);
  const dropped = counter('skyscan_samples_dropped_total', 'Samples that a receiver has lost', ['receiver']);
  const failed = counter(
    'skyscan_read_failures_total',
    'Measurements of a receiver that failed, by kind of the error; a cancelled one is not a failure',
    ['receiver', 'kind'],
  );
  return {
    read(receiver, { clippedFraction, droppedSamples }) {
      reads.inc({ receiver });
      if (clippedFraction > 0) clipped.inc({ receiver });
      dropped.inc({ receiver }, droppedSamples);
    },
    failed: (receiver, kind) => failed.inc({ receiver, kind }),
  };
}
