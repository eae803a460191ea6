import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connectAsStranger } from '../support/grpc-stranger.ts';
import { createDongleBench, type DongleBench } from '../support/librtlsdr.ts';
import { startSampler, type TestSampler } from '../support/observatory.ts';
import { describeWithPrograms, findProgram } from '../support/peers.ts';
import { isRunning } from '../support/processes.ts';
import { meanDb, measureOnceBack, streamOf, type Settings } from '../support/receivers.ts';
import { until } from '../support/until.ts';

// The real rtl_tcp and rtl_power on the stand-in for librtlsdr: dongles that fail.

const SERIAL = '00000007';
const HEARD = { noise: -49.7 };
const settings: Settings = { centerFrequencyHz: 4e8, bandwidthHz: 2.048e6, gainDb: 29.7, readMs: 10 };
const kinds = [
  { kind: 'rtl_tcp_child', settings: { ...settings, frequencyCorrectionPpm: -3 }, reads: 10 },
  {
    kind: 'rtl_power',
    settings: { ...settings, bandwidthHz: 2.4e6, frequencyCorrectionPpm: -3, readMs: 1_000 },
    reads: 1,
  },
] as const;

describeWithPrograms(['cc', 'rtl_tcp', 'rtl_power', 'rtl_biast'], 'dongles that fail', () => {
  let bench: DongleBench;
  let samplers: TestSampler[] = [];

  beforeEach(() => {
    bench = createDongleBench();
    for (const [name, value] of Object.entries(bench.env)) vi.stubEnv(name, value);
  });

  afterEach(async () => {
    await Promise.all(samplers.map((sampler) => sampler.close()));
    samplers = [];
    bench.close();
    vi.unstubAllEnvs();
  });

  async function samplerWith(receivers: string): Promise<TestSampler> {
    const sampler = await startSampler(1, { RECEIVERS: receivers });
    samplers.push(sampler);
    return sampler;
  }

  for (const { kind, settings, reads } of kinds) {
    const receivers = `default=${kind}:serial=${SERIAL}`;

    test.for<[string, () => void]>([
      ['unplugged', () => bench.unplug(SERIAL)],
      ['hung', () => bench.plug(SERIAL, { ...HEARD, fault: 'hung' })],
    ])(`${kind}: a dongle that is %s is noticed, and back again`, async ([how, fail], { annotate }) => {
      bench.plug(SERIAL, HEARD);
      const sampler = await samplerWith(receivers);
      const { ended } = await streamOf(sampler, settings);
      const before = bench.state(SERIAL);
      const failedMs = performance.now();
      fail();
      const { atMs, error } = await ended;
      const noticedMs = atMs - failedMs;
      expect(error).toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining(SERIAL) as string,
      });
      await annotate(`${kind}, ${how}: noticed after ${noticedMs.toFixed(0)} ms`);
      // Under 2 s on a quiet machine; a line of rtl_power is a second long.
      expect(noticedMs).toBeLessThan(6_000);
      // Nothing frozen is given out meanwhile.
      await expect(sampler.client.measure({ settings, reads })).rejects.toMatchObject({
        kind: 'unavailable',
      });
      bench.plug(SERIAL, HEARD);
      const back = await measureOnceBack(sampler, settings, reads);
      expect(Math.abs(meanDb(back) + 20)).toBeLessThan(0.2);
      const after = bench.state(SERIAL);
      expect(after).toEqual({ ...before, pid: after?.pid });
      expect(after).toMatchObject({ gain_db: 29.7, manual_gain: 1, ppm: -3 });
      expect(after?.pid).not.toBe(before?.pid);
    });

    test(`${kind}: a measurement goes through when the dongle comes back in time`, async () => {
      bench.plug(SERIAL, HEARD);
      const sampler = await samplerWith(receivers);
      await measureOnceBack(sampler, settings, reads);
      const measuring = sampler.client.measure({ settings, reads: 3 * reads });
      bench.unplug(SERIAL);
      await until('its process is gone', () => !isRunning(bench.state(SERIAL)?.pid ?? 0));
      bench.plug(SERIAL, HEARD);
      const { reads: measured } = await measuring;
      expect(measured).toHaveLength(3 * reads);
      expect(Math.abs(meanDb(measured) + 20)).toBeLessThan(0.2);
    });

    test(`${kind}: a dongle that is not there, another one, a busy one`, async () => {
      const sampler = await samplerWith(receivers);
      const refusal = (words: string) =>
        until(words, async () => {
          const error: unknown = await sampler.client.measure({ settings, reads }).catch((e: unknown) => e);
          return error instanceof Error && error.message.includes(words);
        });
      await refusal('No supported devices found');
      bench.plug(`${SERIAL}0`, HEARD);
      await refusal(`no dongle has this serial number; there are ${SERIAL}0`);
      bench.plug(SERIAL, { ...HEARD, fault: 'busy' });
      await refusal('Failed to open rtlsdr device');
      bench.plug(SERIAL, HEARD);
      await measureOnceBack(sampler, settings, reads);
      expect(bench.state(SERIAL)).toMatchObject({ gain_db: 29.7 });
      expect(bench.state(`${SERIAL}0`)?.gain_db).not.toBe(29.7);
    });

    test(`${kind}: a serial number that looks like an index finds its dongle`, async () => {
      for (const serial of ['00000001', '00000002', '00000000']) bench.plug(serial, { noise: -80 });
      bench.plug('00000002', HEARD);
      bench.plug('00000003', { noise: -80 });
      // In the order of their names 2 is right by accident; this one moves all of them.
      bench.plug('0', { noise: -80 });
      const sampler = await samplerWith(`default=${kind}:serial=00000002`);
      const measured = await measureOnceBack(sampler, settings, reads);
      expect(Math.abs(meanDb(measured) + 20)).toBeLessThan(0.2);
    });

    test(`${kind}: samples that are lost on the way are counted`, async () => {
      bench.plug(SERIAL, HEARD);
      const sampler = await samplerWith(receivers);
      await measureOnceBack(sampler, settings, reads);
      bench.plug(SERIAL, { ...HEARD, drop: 0.01 });
      const many = kind === 'rtl_power' ? 2 : 100;
      await until('missing samples are counted', async () => {
        const { reads: measured } = await sampler.client.measure({ settings, reads: many });
        return measured.reduce((sum, read) => sum + read.droppedSamples, 0) > 1_000;
      });
    });
  }

  test('a bias tee that was on goes off with SIGTERM, and no program outlives kill -9', async () => {
    bench.plug(SERIAL, HEARD);
    bench.plug('low', HEARD);
    const receivers = `default=rtl_tcp_child:serial=${SERIAL},low=rtl_power:serial=low`;
    const main = fileURLToPath(new URL('../../dist/services/sdr-sampler/main.js', import.meta.url));
    const env = {
      ...process.env,
      RECEIVERS: receivers,
      SDR_SAMPLER_PORT: '0',
      MQTT_URL: 'mqtt://127.0.0.1:1',
    };
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const child = fork(main, { env, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
      const exited = once(child, 'exit');
      const [{ port }] = (await once(child, 'message')) as [{ port: number }];
      const client = await connectAsStranger('sdr_sampler.proto', 'SdrSampler', port);
      for (const { settings, reads, kind } of kinds)
        await client.call('measure', {
          settings: { ...settings, biasTee: true, receiver: kind === 'rtl_power' ? 'low' : 'default' },
          reads,
        });
      const pids = [bench.state(SERIAL)?.pid ?? 0, bench.state('low')?.pid ?? 0];
      expect([bench.state(SERIAL)?.bias_tee, bench.state('low')?.bias_tee]).toEqual([1, 1]);
      client.close();
      child.kill(signal);
      await exited;
      if (signal === 'SIGTERM')
        expect([bench.state(SERIAL)?.bias_tee, bench.state('low')?.bias_tee]).toEqual([0, 0]);
      if (signal === 'SIGTERM' || findProgram('setpriv'))
        await until('no program is left', () => pids.every((pid) => !isRunning(pid)));
    }
  });

  test('rtl_sdr runs on the stand-in too', ({ skip }) => {
    const program = findProgram('rtl_sdr');
    if (!program) skip('rtl_sdr not installed');
    bench.plug(SERIAL, HEARD);
    const iq = execFileSync('rtl_sdr', ['-f', '4e8', '-g', '29.7', '-s', '2048000', '-n', '204800', '-'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 20,
    });
    expect(iq).toHaveLength(409_600);
  });
});
