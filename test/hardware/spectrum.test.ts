import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Spectrum } from '#proto/sdr_sampler';
import { dbToLinear, linearToDb } from '#shared/sky/units';
import { installDongleBench } from '../support/installed-dongle-bench.ts';
import type { DongleBench } from '../support/librtlsdr.ts';
import { startSampler, type TestSampler } from '../support/observatory.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { meanDb, type Settings } from '../support/receivers.ts';

// Spectra of the real rtl_tcp and rtl_power on the stand-in for librtlsdr.

const GAIN_DB = 29.7;
const CENTRE_HZ = 1.42e9;
const NOISE_DBFS = -30;
const CARRIER_DBFS = -14;
const CARRIER_HZ = CENTRE_HZ + 20_000;
const RECEIVERS = 'default=rtl_tcp_child:serial=00000001, low=rtl_power:serial=00000002';
const sampled: Settings = { centerFrequencyHz: CENTRE_HZ, gainDb: GAIN_DB, readMs: 10 };

describeWithPrograms(['cc', 'rtl_tcp', 'rtl_power', 'rtl_biast'], 'spectra of real programs', () => {
  let bench: DongleBench;
  let sampler: TestSampler;

  beforeAll(async () => {
    bench = installDongleBench();
    for (const serial of ['00000001', '00000002'])
      bench.plug(serial, {
        noise: NOISE_DBFS - GAIN_DB,
        carrier: CARRIER_DBFS - GAIN_DB,
        carrier_hz: CARRIER_HZ,
      });
    sampler = await startSampler(1, { RECEIVERS });
  });

  afterAll(async () => {
    await sampler.close();
    bench.close();
  });

  // The FFT of rtl_power has 8 bins in the bandwidth with 64 channels of 37.5 kHz.
  test.each([
    ['default', 2_048_000, 300_000, 64, 64],
    ['default', 2_048_000, 200_000, 1_024, 1_024],
    ['default', 2_048_000, 2_000_000, 4_096, 4_096],
    ['low', 2_400_000, 300_000, 64, 64],
    ['low', 2_400_000, 200_000, 1_024, 1_024],
    ['low', 2_400_000, 200_000, 4_096, 4_096],
    // Two hops.
    ['low', 2_400_000, 2_000_000, 1_024, 1_856],
  ])(
    'receiver %s at %d Hz: carrier and noise with %d Hz of bandwidth and %d channels',
    async (name, rateHz, bandwidthHz, channels, found) => {
      const settings = { ...sampled, name, bandwidthHz, readMs: name === 'low' ? 1_000 : 10 };
      const reads = name === 'low' ? 1 : 10;
      const reply = await sampler.client.measure({ settings, reads, spectrum: { channels } });
      const spectrum = reply.spectrum as Spectrum;
      const { firstChannelHz = NaN, channelHz = NaN } = spectrum.band ?? {};
      const meanDbfs = floats(spectrum.meanDb);
      expect(meanDbfs).toHaveLength(found);
      expect(spectrum.band?.flags).toHaveLength(found);

      const strongest = meanDbfs.indexOf(Math.max(...meanDbfs));
      expect(Math.abs(firstChannelHz + strongest * channelHz - CARRIER_HZ)).toBeLessThan(channelHz);
      const lobe = meanDbfs.slice(strongest - 2, strongest + 3);
      expect(Math.abs(sumDb(lobe) - CARRIER_DBFS)).toBeLessThan(0.3);

      const noiseDbfs = NOISE_DBFS + linearToDb(channelHz / rateHz);
      expect(Math.abs(spectrum.floorDb - noiseDbfs)).toBeLessThan(0.3);
      const inside = meanDbfs.filter(
        (_, k) => Math.abs(firstChannelHz + k * channelHz - CENTRE_HZ) <= bandwidthHz / 2,
      );
      expect(Math.abs(sumDb(inside) - meanDb(reply.reads))).toBeLessThan(0.1);
    },
  );

  test('rtl_power reports neither extremes nor kurtosis', async () => {
    const settings = { ...sampled, name: 'low', bandwidthHz: 200_000, readMs: 1_000 };
    const { spectrum } = await sampler.client.measure({ settings, reads: 1, spectrum: {} });
    const { minDb, maxDb, kurtosis, meanDb: mean, medianDb, occupancy } = spectrum as Spectrum;
    expect([minDb, maxDb, kurtosis].map((list) => list.length)).toEqual([0, 0, 0]);
    expect([mean, medianDb, occupancy].map((list) => list.length)).toEqual([4_096, 4_096, 4_096]);
    for await (const { spectrum: ofRead } of sampler.client.streamReads({ settings, spectrum: {} })) {
      expect(ofRead?.powerSum).toHaveLength(4_096);
      expect(ofRead?.squareSum).toHaveLength(0);
      break;
    }
  });
});

function floats(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length / 4 }, (_, k) => bytes.readFloatLE(4 * k));
}

function sumDb(levelsDb: readonly number[]): number {
  return linearToDb(levelsDb.reduce((sum, level) => sum + dbToLinear(level), 0));
}
