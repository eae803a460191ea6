import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  test,
  vi,
  type TestContext,
} from 'vitest';
import { createDongleBench, type DongleBench } from './librtlsdr.ts';
import { startSampler, type TestSampler } from './observatory.ts';
import { describeWithPrograms } from './peers.ts';
import { isRunning } from './processes.ts';
import { meanDb, measureOnceBack, streamOf, type Settings } from './receivers.ts';
import { until } from './until.ts';

/** A kind of receiver of RECEIVERS, how it is asked, and how many reads are soon done. */
export interface FaultyReceiver {
  kind: 'rtl_tcp_child' | 'rtl_power';
  settings: Settings;
  reads: number;
  /** Reads in which losses of one in a hundred show. */
  many: number;
}

const HEARD = { noise: -49.7 };

/**
 * Dongles that fail, the same for every kind of receiver, on the real program and the stand-in for
 * librtlsdr.
 */
export function describeDongleFaults({ kind, settings, reads, many }: FaultyReceiver): void {
  describeWithPrograms(['cc', 'rtl_tcp', 'rtl_power', 'rtl_biast'], `${kind}: dongles that fail`, () => {
    let bench: DongleBench;

    function layOut(): void {
      bench = createDongleBench();
      for (const [name, value] of Object.entries(bench.env)) vi.stubEnv(name, value);
    }

    function clear(): void {
      bench.close();
      vi.unstubAllEnvs();
    }

    // The hook of the test's own: tests that run at once would get each other's.
    async function samplerOf(serial: string, { onTestFinished }: TestContext): Promise<TestSampler> {
      const sampler = await startSampler(1, { RECEIVERS: `default=${kind}:serial=${serial}` });
      onTestFinished(() => sampler.close());
      return sampler;
    }

    // Most of the time is waiting for watchdogs and for whole seconds of rtl_power: all at once,
    // each with its own dongle.
    describe('each by itself', () => {
      beforeAll(layOut);
      afterAll(clear);

      test.concurrent.for<[string, (serial: string) => void]>([
        ['unplugged', (serial) => bench.unplug(serial)],
        ['hung', (serial) => bench.plug(serial, { ...HEARD, fault: 'hung' })],
      ])('a dongle that is %s is noticed, and back again', async ([how, fail], context) => {
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
        // Under 2 s on a quiet machine; a line of rtl_power is a second long.
        expect(noticedMs).toBeLessThan(6_000);
        // Nothing frozen is given out meanwhile.
        await expect(sampler.client.measure({ settings, reads })).rejects.toMatchObject({
          kind: 'unavailable',
        });
        bench.plug(serial, HEARD);
        const back = await measureOnceBack(sampler, settings, reads);
        expect(Math.abs(meanDb(back) + 20)).toBeLessThan(0.2);
        const after = bench.state(serial);
        // rtl_power hops: its frequency is another one all the time.
        expect(after).toEqual({ ...before, pid: after?.pid, center_hz: after?.center_hz });
        expect(after).toMatchObject({ gain_db: 29.7, manual_gain: 1, ppm: -3 });
        expect(after?.pid).not.toBe(before?.pid);
      });

      test.concurrent('a measurement goes through when the dongle comes back in time', async (context) => {
        const serial = 'comes-back';
        bench.plug(serial, HEARD);
        const sampler = await samplerOf(serial, context);
        await measureOnceBack(sampler, settings, reads);
        const measuring = sampler.client.measure({ settings, reads: 3 * reads });
        bench.unplug(serial);
        await until('its process is gone', () => !isRunning(bench.state(serial)?.pid ?? 0));
        bench.plug(serial, HEARD);
        const { reads: measured } = await measuring;
        expect(measured).toHaveLength(3 * reads);
        expect(Math.abs(meanDb(measured) + 20)).toBeLessThan(0.2);
      });

      test.concurrent(
        'a frequency that the tuner does not take is not measured at the old one',
        async (context) => {
          const serial = 'unlocked';
          bench.plug(serial, HEARD);
          const sampler = await samplerOf(serial, context);
          await measureOnceBack(sampler, settings, reads);
          bench.plug(serial, { ...HEARD, fault: 'unlocked' });
          const elsewhere = { ...settings, centerFrequencyHz: 5e8 };
          await expect(sampler.client.measure({ settings: elsewhere, reads })).rejects.toMatchObject({
            kind: 'unavailable',
            message: expect.stringContaining('did not take its frequency') as string,
          });
          bench.plug(serial, HEARD);
          await measureOnceBack(sampler, elsewhere, reads);
        },
      );

      test.concurrent('samples that are lost on the way are counted', async (context) => {
        const serial = 'loses-some';
        bench.plug(serial, HEARD);
        const sampler = await samplerOf(serial, context);
        await measureOnceBack(sampler, settings, reads);
        bench.plug(serial, { ...HEARD, drop: 0.01 });
        await until('missing samples are counted', async () => {
          const { reads: measured } = await sampler.client.measure({ settings, reads: many });
          return measured.reduce((sum, read) => sum + read.droppedSamples, 0) > 1_000;
        });
      });
    });

    // These are about which dongles there are: one after the other.
    describe('by what else is plugged in', () => {
      beforeEach(layOut);
      afterEach(clear);

      test.for(['00000007', 'roof'])(
        'dongle %s that is not there, another one, a busy one',
        async (serial, context) => {
          const sampler = await samplerOf(serial, context);
          const refusal = (words: string) =>
            until(words, async () => {
              const error: unknown = await sampler.client
                .measure({ settings, reads })
                .catch((e: unknown) => e);
              return error instanceof Error && error.message.includes(words);
            });
          await refusal('No supported devices found');
          bench.plug(`${serial}0`, HEARD);
          await refusal(`no dongle has this serial number; there are ${serial}0`);
          bench.plug(serial, { ...HEARD, fault: 'busy' });
          await refusal('Failed to open rtlsdr device');
          bench.plug(serial, HEARD);
          await measureOnceBack(sampler, settings, reads);
          expect(bench.state(serial)).toMatchObject({ gain_db: 29.7 });
          // The other one was never opened.
          expect(bench.state(`${serial}0`)).toBeUndefined();
        },
      );

      test('a serial number that looks like an index finds its dongle', async (context) => {
        for (const serial of ['00000001', '00000002', '00000000']) bench.plug(serial, { noise: -80 });
        bench.plug('00000002', HEARD);
        bench.plug('00000003', { noise: -80 });
        // In the order of their names 2 is right by accident; this one moves all of them.
        bench.plug('0', { noise: -80 });
        const measured = await measureOnceBack(await samplerOf('00000002', context), settings, reads);
        expect(Math.abs(meanDb(measured) + 20)).toBeLessThan(0.2);
      });
    });
  });
}
