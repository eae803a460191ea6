import { afterAll, beforeAll, expect, test } from 'vitest';
import { SdrSamplerDefinition, type Read } from '#proto/sdr_sampler';
import { createGrpcClient } from '#shared/runtime/grpc-client';
import { installDongleBench } from '../support/installed-dongle-bench.ts';
import type { DongleBench, DongleCount } from '../support/librtlsdr.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { meanDb } from '../support/receivers.ts';
import { startSamplerProcess } from '../support/sampler-process.ts';
import { until } from '../support/until.ts';

// The real rtl_tcp at 2.048 MS/s on the stand-in for librtlsdr, which counts delivered and lost
// samples: every sample is in a read or flagged as missing. Takes some seconds by default; half of
// the time without losses, half with losses:
//
//   LONG_RUN_S=600 npm run test:hardware -- long-run

const RUN_S = Number(process.env['LONG_RUN_S'] ?? 4);
const RATE_HZ = 2_048_000;
const READ_MS = 10;
const SAMPLES_PER_READ = (RATE_HZ * READ_MS) / 1000;
const READS_PER_S = 1000 / READ_MS;
const HEARD = { noise: -49.7 };
const LEVEL_DBFS = -20;
/**
 * Probability that a slice of 8,192 samples is lost, with the samples already in its block: about
 * one loss per second.
 */
const DROP = 0.004;
const MIN_LOSSES = 2;
/** Accuracy of the sampler's timing, and so of the length of each loss. */
const TIMING_SAMPLES = 0.002 * RATE_HZ;
const MAX_FALSE_SHARE = 0.01;

describeWithPrograms(['cc', 'rtl_tcp', 'rtl_biast'], 'a long run', () => {
  let bench: DongleBench;

  beforeAll(() => {
    bench = installDongleBench();
  });

  afterAll(() => bench.close());

  test.concurrent.for([
    ['the whole band', 'wide', RATE_HZ],
    ['a channel of 200 kHz', 'narrow', 200_000],
  ] as const)(
    'has every sample of %s in a read or flagged as missing',
    { timeout: 3_000 * RUN_S + 60_000 },
    async ([, serial, bandwidthHz], { annotate, onTestFinished }) => {
      bench.plug(serial, HEARD);
      const sampler = await startSamplerProcess(`default=rtl_tcp_child:serial=${serial}`);
      onTestFinished(() => sampler.end('SIGTERM'));
      const { client, close } = createGrpcClient(SdrSamplerDefinition, `127.0.0.1:${sampler.port}`, {});
      onTestFinished(close);
      const settings = { centerFrequencyHz: 4e8, gainDb: 29.7, bandwidthHz, readMs: READ_MS };
      const reads: Read[] = [];
      const run = async () => {
        for await (const { read } of client.streamReads({ settings })) if (read) reads.push(read);
      };
      const ended = run().catch((error: unknown) => error);
      const count = () => bench.count(serial) as DongleCount;
      const readsOf = (seconds: number, more: () => boolean = () => true) =>
        until(
          `${seconds} s of reads`,
          () => reads.length >= seconds * READS_PER_S && more(),
          2_000 * seconds + 20_000,
        );

      await readsOf(1);
      const begin = { cpuMs: sampler.cpuMs(), atMs: performance.now() };
      await readsOf(1 + RUN_S / 2);
      const cpuPercent = (100 * (sampler.cpuMs() - begin.cpuMs)) / (performance.now() - begin.atMs);
      bench.plug(serial, { ...HEARD, drop: DROP });
      await readsOf(1 + RUN_S, () => count().losses >= MIN_LOSSES);
      bench.plug(serial, HEARD);
      await readsOf(reads.length / READS_PER_S + 1);
      // No more samples; those already sent arrive before the receiver times out.
      bench.plug(serial, { ...HEARD, fault: 'hung' });
      expect(await ended).toMatchObject({ kind: 'unavailable' });

      const { sent, lost, losses, started_ms } = count();
      const flagged = reads.reduce((sum, { droppedSamples }) => sum + droppedSamples, 0);
      // Samples before the receiver had settled.
      const skipped = (((reads[0]?.startedAtMs ?? 0) - started_ms) * RATE_HZ) / 1000;
      const unaccounted = Math.round(sent + lost - skipped - reads.length * SAMPLES_PER_READ - flagged);
      await annotate(
        `${serial}: ${reads.length} reads; the dongle sent ${sent} samples and lost ${lost} in ${losses} pieces; ` +
          `flagged ${flagged}, unaccounted for ${unaccounted}; ${cpuPercent.toFixed(1)} % of a core`,
      );
      // The last read is never completed. The length of each loss is accurate to the timing.
      expect(unaccounted).toBeLessThan(SAMPLES_PER_READ + (1 + losses) * TIMING_SAMPLES);
      // On a busy machine a delay may occasionally be taken for a loss, but rarely.
      expect(-unaccounted).toBeLessThan((1 + losses) * TIMING_SAMPLES + MAX_FALSE_SHARE * sent + RATE_HZ / 2);
      const level = LEVEL_DBFS + 10 * Math.log10(bandwidthHz / RATE_HZ);
      expect(Math.abs(meanDb(reads) - level)).toBeLessThan(0.2);
    },
  );
});
