import type { ReceiverSettings } from '#proto/common';
import type { Read } from '#proto/sdr_sampler';
import { dbToLinear, linearToDb } from '#shared/sky/units';
import type { TestSampler } from './observatory.ts';
import { until } from './until.ts';

/** Receiver settings of a request. */
export type Settings = Partial<ReceiverSettings>;

/** Mean power as a level. */
export function meanDb(reads: readonly Read[]): number {
  return linearToDb(reads.reduce((sum, read) => sum + dbToLinear(read.levelDb), 0) / reads.length);
}

/** Streams reads; `ended` resolves with the error and its time. */
export async function streamOf(
  sampler: TestSampler,
  settings: Settings,
): Promise<{ reads: Read[]; ended: Promise<{ atMs: number; error: unknown }> }> {
  const reads: Read[] = [];
  const run = async () => {
    for await (const { read } of sampler.client.streamReads({ settings })) if (read) reads.push(read);
  };
  const ended = run().then(
    () => ({ atMs: performance.now(), error: undefined as unknown }),
    (error: unknown) => ({ atMs: performance.now(), error }),
  );
  await until('the stream delivers reads', () => reads.length > 0);
  return { reads, ended };
}

/** Repeats a measurement until the receiver is available. */
export async function measureWhenReady(
  sampler: TestSampler,
  settings: Settings,
  reads: number,
): Promise<Read[]> {
  const { reads: measured } = await until('a measurement succeeds', () =>
    sampler.client.measure({ settings, reads }).catch(() => undefined),
  );
  return measured;
}
