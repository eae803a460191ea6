import { describe, expect, test } from 'vitest';
import { dbToLinear, linearToDb } from '#shared/sky/units';
import { createFakeReceiver, type FakeReceiver } from '../../test/support/fake-receiver.ts';
import type { TimedRead } from './engine/collect.ts';
import { createSampler } from './engine/sampler.ts';
import type { ReadSettings } from './domain/settings.ts';
import { spectrumOf, type Spectrum, type SpectrumRead } from '#shared/spectrum/spectrum';
import { CHANNEL_FLAGS } from '#shared/spectrum/channels';

const CENTRE_HZ = 1.42e9;
const RATE_HZ = 2_048_000;
const NOISE_DBFS = -40;
const CARRIER_DBFS = -20;
const never = new AbortController().signal;

function receiverWith(besideHz: number): FakeReceiver {
  const carriers = [{ hz: CENTRE_HZ + besideHz, dbfs: CARRIER_DBFS }];
  return createFakeReceiver({ carriers, noiseDbfs: NOISE_DBFS, dcLsb: { i: 1.5, q: -0.8 } });
}

function samplerOf(receiver: FakeReceiver) {
  return createSampler(receiver, receiver.clock, { sampleRateHz: RATE_HZ, guardMs: 2, correctionPpm: 0 });
}

function settingsFor(bandwidthHz: number, channels = 1_024): ReadSettings {
  const receiver = { centerFrequencyHz: CENTRE_HZ, bandwidthHz, gainDb: 29.7, readMs: 10 };
  return { ...receiver, spectrum: { channels } };
}

function merged(reads: readonly TimedRead[]): Spectrum {
  return spectrumOf(reads as unknown as [SpectrumRead, ...SpectrumRead[]]);
}

async function dwell(receiver: FakeReceiver, settings: ReadSettings) {
  const { reads } = await samplerOf(receiver).measure(settings, 5, never);
  return { reads, spectrum: merged(reads) };
}

function strongestHz({ band, mean }: Spectrum): number {
  return band.firstChannelHz + mean.indexOf(Math.max(...mean)) * band.channelHz;
}

const meanDbfs = (reads: readonly TimedRead[]) =>
  linearToDb(reads.reduce((sum, read) => sum + read.fullScalePower, 0) / reads.length);

describe.each([80_000, 900_000, 2_000_000, RATE_HZ])('a spectrum with %d Hz of bandwidth', (bandwidthHz) => {
  test('shows a carrier at its frequency, whose channel has neither DC offset nor band edge', async () => {
    for (const besideHz of [0, 0.3 * bandwidthHz, -0.3 * bandwidthHz]) {
      const { spectrum } = await dwell(receiverWith(besideHz), settingsFor(bandwidthHz));
      const { channelHz, flags, firstChannelHz } = spectrum.band;
      const foundHz = strongestHz(spectrum);
      expect(Math.abs(foundHz - CENTRE_HZ - besideHz)).toBeLessThanOrEqual(channelHz / 2);
      expect(flags[Math.round((foundHz - firstChannelHz) / channelHz)]).toBe(0);
    }
  });

  test('is tuned beside the centre of the channel, and beside the whole channel if it fits', async () => {
    const receiver = receiverWith(0);
    const { spectrum } = await dwell(receiver, settingsFor(bandwidthHz));
    const besideHz = receiver.tunings.map((tuning) => Math.abs(tuning.centerFrequencyHz - CENTRE_HZ));
    expect(Math.min(...besideHz)).toBeGreaterThanOrEqual(
      bandwidthHz < 910_000 ? bandwidthHz / 2 + 25_000 : 5_000,
    );
    const dc = [...spectrum.band.flags.keys()].filter(
      (k) => ((spectrum.band.flags[k] as number) & CHANNEL_FLAGS.dc) !== 0,
    );
    const tunedHz = receiver.tunings.map((tuning) => tuning.centerFrequencyHz);
    expect(tunedHz).toContain(spectrum.band.firstChannelHz + (dc[1] as number) * spectrum.band.channelHz);
  });

  test('has reads with the level of its channels in the bandwidth, which is that without a spectrum', async () => {
    const settings = settingsFor(bandwidthHz);
    const { reads } = await dwell(receiverWith(0.2 * bandwidthHz), settings);
    const plain = await samplerOf(receiverWith(0.2 * bandwidthHz)).measure(
      { ...settings, spectrum: undefined },
      5,
      never,
    );
    expect(plain.reads.every((read) => read.spectrum === undefined)).toBe(true);
    expect(Math.abs(meanDbfs(reads) - meanDbfs(plain.reads))).toBeLessThan(0.05);
    const expectedDbfs = linearToDb(
      dbToLinear(CARRIER_DBFS) + dbToLinear(NOISE_DBFS) * (bandwidthHz / RATE_HZ),
    );
    expect(Math.abs(meanDbfs(reads) - expectedDbfs)).toBeLessThan(0.1);
  });
});

test('the floor is the noise in a channel, and the kurtosis separates carrier and noise', async () => {
  const { spectrum } = await dwell(receiverWith(0), settingsFor(200_000));
  // Quantisation adds 1/12 LSB^2 to I and to Q.
  const noise = (dbToLinear(NOISE_DBFS) + 1 / 6 / 127.5 ** 2) / 1_024;
  expect(Math.abs(linearToDb(spectrum.floor / noise))).toBeLessThan(0.1);
  const carrier = spectrum.mean.indexOf(Math.max(...spectrum.mean));
  const kurtosis = spectrum.transformStatistics?.kurtosis ?? [];
  expect(kurtosis[carrier]).toBeLessThan(0.01);
  const ofNoise = [...kurtosis].filter((_, k) => Math.abs(k - carrier) > 5 && Math.abs(k - 512) > 5);
  expect(Math.abs(ofNoise.reduce((sum, value) => sum + value, 0) / ofNoise.length - 1)).toBeLessThan(0.02);
  expect(spectrum.occupancy[carrier]).toBe(1);
  expect(spectrum.transforms).toBe(5 * 39);
});

test('all spectra of a wide channel have the same channels, whatever is at the tuner frequencies', async () => {
  const receiver = receiverWith(300_000);
  const sampler = samplerOf(receiver);
  const settings = settingsFor(2_000_000);
  const silent = receiver.signals;
  const { reads } = await sampler.measure(settings, 5, never);
  const { band } = merged(reads);
  const tunedHz = band.firstChannelHz + RATE_HZ / 2;
  for (const hz of [tunedHz, 2 * CENTRE_HZ - tunedHz, tunedHz]) {
    receiver.signals = { ...silent, carriers: [{ hz, dbfs: CARRIER_DBFS }] };
    const { reads: later } = await sampler.measure(settings, 5, never);
    expect(merged(later).band.firstChannelHz).toBe(band.firstChannelHz);
    // A carrier at the tuner's frequency counts, too.
    expect(Math.abs(meanDbfs(later) - CARRIER_DBFS)).toBeLessThan(0.2);
  }
});

test('reads of a stream merge to the spectrum of a dwell', async () => {
  const settings = settingsFor(200_000, 256);
  const reads: TimedRead[] = [];
  for await (const read of samplerOf(receiverWith(30_000)).stream(settings, never))
    if (reads.push(read) === 5) break;
  const streamed = merged(reads);
  const { spectrum } = await dwell(receiverWith(30_000), settings);
  expect(streamed.band).toEqual(spectrum.band);
  expect(streamed.transforms).toBe(spectrum.transforms);
  expect(strongestHz(streamed)).toBe(strongestHz(spectrum));
  expect(Math.abs(linearToDb(streamed.floor / spectrum.floor))).toBeLessThan(0.2);
});
