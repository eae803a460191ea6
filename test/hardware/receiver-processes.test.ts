import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectRawGrpcClient } from '../support/raw-grpc-client.ts';
import { installDongleBench } from '../support/installed-dongle-bench.ts';
import type { DongleBench } from '../support/librtlsdr.ts';
import { describeWithPrograms, findProgram } from '../support/peers.ts';
import { isRunning } from '../support/processes.ts';
import { startSamplerProcess } from '../support/sampler-process.ts';
import { until } from '../support/until.ts';

// Cleanup of the programs that sdr-sampler starts.

const SERIAL = '00000007';
const HEARD = { noise: -49.7 };
const settings = { centerFrequencyHz: 4e8, gainDb: 29.7, biasTee: true };

describeWithPrograms(['cc', 'rtl_tcp', 'rtl_power', 'rtl_biast'], 'programs of the receivers', () => {
  let bench: DongleBench;

  beforeEach(() => {
    bench = installDongleBench();
    bench.plug(SERIAL, HEARD);
  });

  afterEach(() => bench.close());

  test.for(['SIGTERM', 'SIGKILL'] as const)(
    'after %s of the sampler no program is left, and the bias tee is off where possible',
    async (signal) => {
      bench.plug('low', HEARD);
      const sampler = await startSamplerProcess(
        `default=rtl_tcp_child:serial=${SERIAL},low=rtl_power:serial=low`,
      );
      const client = await connectRawGrpcClient('sdr_sampler.proto', 'SdrSampler', sampler.port);
      await Promise.all([
        client.call('measure', { settings: { ...settings, bandwidthHz: 2.048e6, readMs: 10 }, reads: 10 }),
        client.call('measure', {
          settings: { ...settings, bandwidthHz: 2.4e6, readMs: 1_000, name: 'low' },
          reads: 1,
        }),
      ]);
      client.close();
      const pids = [bench.state(SERIAL)?.pid ?? 0, bench.state('low')?.pid ?? 0];
      const biasTees = () => [bench.state(SERIAL)?.bias_tee, bench.state('low')?.bias_tee];
      expect(biasTees()).toEqual([1, 1]);
      await sampler.end(signal);
      if (signal === 'SIGTERM') expect(biasTees()).toEqual([0, 0]);
      if (signal === 'SIGTERM' || findProgram('setpriv'))
        await until('no program is left', () => pids.every((pid) => !isRunning(pid)));
    },
  );

  test('rtl_sdr works on the stand-in too', ({ skip }) => {
    const program = findProgram('rtl_sdr');
    if (!program) skip('rtl_sdr not installed');
    const iq = execFileSync('rtl_sdr', ['-f', '4e8', '-g', '29.7', '-s', '2048000', '-n', '204800', '-'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 20,
    });
    expect(iq).toHaveLength(409_600);
  });
});
