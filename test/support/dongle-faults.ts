import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, type TestContext } from 'vitest';
import { installDongleBench } from './installed-dongle-bench.ts';
import type { DongleBench } from './librtlsdr.ts';
import { startSampler, type TestSampler } from './observatory.ts';
import { describeWithPrograms } from './peers.ts';
import { isRunning } from './processes.ts';
import { meanDb, measureWhenReady, streamOf, type Settings } from './receivers.ts';
import { until } from './until.ts';

/** A receiver kind of RECEIVERS, its settings, and a number of reads that takes little time. */
export interface FaultyReceiver {
  kind: 'rtl_tcp_child' | 'rtl_power';
  settings: Settings;
  reads: number;
  /** Number of reads in which a loss of 1 % is visible. */
  many: number;
}

const HEARD = { noise: -49.7 };

/**
 * The same faults of dongles for every kind of receiver, with the real program on the stand-in for
 * librtlsdr.
 */
export function describeDongleFaults({ kind, settings, reads, many }: FaultyReceiver): void {
  describeWithPrograms(['cc', 'rtl_tcp', 'rtl_power', 'rtl_biast'], `${kind}: dongle faults`, () => {
    let bench: DongleBench;

    function installBench(): void {
      bench = installDongleBench();
    }

    function removeBench(): void {
      bench.close();
    }

    // Uses the test's own hook: concurrent tests would get each other's.
    async function samplerOf(serial: string, { onTestFinished }: TestContext): Promise<TestSampler> {
      const sampler = await startSampler(1, { RECEIVERS: `default=${kind}:serial=${serial}` });
      onTestFinished(() => sampler.close());
      return sampler;
    }

    // These tests mostly wait for watchdogs and for rtl_power, so they run concurrently, each with
    // its own dongle.
    describe('dongles by themselves', () => {
      beforeAll(installBench);
      afterAll(removeBench);

      test.concurrent.for<[string, (serial: string) => void]>([
        ['unplugged', (serial) => bench.unplug(serial)],
        ['hung', (serial) => bench.plug(serial, { ...HEARD, fault: 'hung' })],
      ])('a dongle that is %s is detected, and works again afterwards', async ([how, fail], context) => {
        const serial = `who-is-${how}`;
        bench.plug(serial, HEARD);
        const sampler = await samplerOf(serial, context);
        const { ended } = await streamOf(sampler, settings);
        const before = bench.state(serial);
        const failedMs = performance.now();
        fail(serial);
        const { atMs, error } = await ended;
        const noticedMs = atMs - failedMs;
        expect(error).toMatchObject({
          kind: 'unavailable',
          message: expect.stringContaining(serial) as string,
        });
        await context.annotate(`${kind}, ${how}: noticed after ${noticedMs.toFixed(0)} ms`);
        // Below 2 s on a quiet machine; rtl_power prints one line per second.
        expect(noticedMs).toBeLessThan(6_000);
        // No stale level is returned meanwhile.
        await expect(sampler.client.measure({ settings, reads })).rejects.toMatchObject({
          kind: 'unavailable',
        });
        bench.plug(serial, HEARD);
        const back = await measureWhenReady(sampler, settings, reads);
        expect(Math.abs(meanDb(back) + 20)).toBeLessThan(0.2);
        const after = bench.state(serial);
        // rtl_power hops, so its frequency changes all the time.
        expect(after).toEqual({ ...before, pid: after?.pid, center_hz: after?.center_hz });
        expect(after).toMatchObject({ gain_db: 29.7, manual_gain: 1, ppm: -3 });
        expect(after?.pid).not.toBe(before?.pid);
      });

      test.concurrent('a measurement succeeds when the dongle returns in time', async (context) => {
        const serial = 'comes-back';
        bench.plug(serial, HEARD);
        const sampler = await samplerOf(serial, context);
        await measureWhenReady(sampler, settings, reads);
        const measuring = sampler.client.measure({ settings, reads: 3 * reads });
        bench.unplug(serial);
        await until('its process is gone', () => !isRunning(bench.state(serial)?.pid ?? 0));
        bench.plug(serial, HEARD);
        const { reads: measured } = await measuring;
        expect(measured).toHaveLength(3 * reads);
        expect(Math.abs(meanDb(measured) + 20)).toBeLessThan(0.2);
      });

      test.concurrent(
        'a frequency that the tuner rejects is not measured at the old frequency',
        async (context) => {
          const serial = 'unlocked';
          bench.plug(serial, HEARD);
          const sampler = await samplerOf(serial, context);
          await measureWhenReady(sampler, settings, reads);
          bench.plug(serial, { ...HEARD, fault: 'unlocked' });
          const elsewhere = { ...settings, centerFrequencyHz: 5e8 };
          await expect(sampler.client.measure({ settings: elsewhere, reads })).rejects.toMatchObject({
            kind: 'unavailable',
            message: expect.stringContaining('did not take its frequency') as string,
          });
          bench.plug(serial, HEARD);
          await measureWhenReady(sampler, elsewhere, reads);
        },
      );

      test.concurrent('lost samples are counted', async (context) => {
        const serial = 'loses-some';
        bench.plug(serial, HEARD);
        const sampler = await samplerOf(serial, context);
        await measureWhenReady(sampler, settings, reads);
        bench.plug(serial, { ...HEARD, drop: 0.01 });
        await until('missing samples are counted', async () => {
          const { reads: measured } = await sampler.client.measure({ settings, reads: many });
          return measured.reduce((sum, read) => sum + read.droppedSamples, 0) > 1_000;
        });
      });
    });

    // These tests depend on which dongles exist, so they run one after the other.
    describe('with other dongles plugged in', () => {
      beforeEach(installBench);
      afterEach(removeBench);

      test.for(['00000007', 'roof'])(
        'reports that dongle %s is missing, that only another one exists, and that it is busy',
        async (serial, context) => {
          const sampler = await samplerOf(serial, context);
          const refusal = (message: string) =>
            until(message, async () => {
              const error: unknown = await sampler.client
                .measure({ settings, reads })
                .catch((e: unknown) => e);
              return error instanceof Error && error.message.includes(message);
            });
          await refusal('No supported devices found');
          bench.plug(`${serial}0`, HEARD);
          await refusal(`no dongle has this serial number; found ${serial}0`);
          bench.plug(serial, { ...HEARD, fault: 'busy' });
          await refusal('Failed to open rtlsdr device');
          bench.plug(serial, HEARD);
          await measureWhenReady(sampler, settings, reads);
          expect(bench.state(serial)).toMatchObject({ gain_db: 29.7 });
          // The other dongle was never opened.
          expect(bench.state(`${serial}0`)).toBeUndefined();
        },
      );

      test('a serial number that looks like an index finds its dongle', async (context) => {
        for (const serial of ['00000001', '00000002', '00000000']) bench.plug(serial, { noise: -80 });
        bench.plug('00000002', HEARD);
        bench.plug('00000003', { noise: -80 });
        // Sorted by name, index 2 would be right by accident; this dongle shifts all of them.
        bench.plug('0', { noise: -80 });
        const measured = await measureWhenReady(await samplerOf('00000002', context), settings, reads);
        expect(Math.abs(meanDb(measured) + 20)).toBeLessThan(0.2);
      });
    });
  });
}
