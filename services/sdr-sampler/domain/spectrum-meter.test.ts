import { describe, expect, test } from 'vitest';
import { linearToDb } from '#shared/sky/units';
import { noiseIq, seededRandom, toneIq } from '../../../test/support/samples.ts';
import { createFft } from '../engine/fft.ts';
import { createFftJs } from '../engine/spectrum-fft.ts';
import { ChannelMeter } from './channel.ts';
import { addSamples, emptySums, levelsOf } from './power.ts';
import { CHANNEL_FLAGS } from '#shared/spectrum/channels';
import type { ReadSpectrum } from '#shared/spectrum/read-spectrum';
import { createSpectrumMeter } from './spectrum-meter.ts';

const RATE_HZ = 2_048_000;
const TUNER_HZ = 1.4195e9;
const CHANNELS = 256;
const CHANNEL_HZ = 8_000;
const noise = noiseIq(51_200, 20, seededRandom(1));

function meterOf(wanted?: { bandwidthHz: number; offsetHz: number }) {
  const plan = { sampleRateHz: RATE_HZ, tunerHz: TUNER_HZ, wanted };
  return createSpectrumMeter(plan, createFftJs(CHANNELS));
}

function spectrumOf(iq: Uint8Array, blockBytes = 4_096): ReadSpectrum {
  const meter = meterOf();
  for (let at = 0; at < iq.length; at += blockBytes) meter.add(iq.subarray(at, at + blockBytes));
  return meter.spectrum();
}

const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);

describe('the spectrum of a read', () => {
  test.each([-1_024_000, -400_000, 8_000, 1_016_000])(
    'has a tone %d Hz beside the tuner in its channel',
    (besideHz) => {
      const { powerSum, transforms, band } = spectrumOf(toneIq(20_480, 64, besideHz / RATE_HZ));
      const peak = powerSum.indexOf(Math.max(...powerSum));
      expect(band.firstChannelHz + peak * band.channelHz).toBe(TUNER_HZ + besideHz);
      // A Hann window spreads a tone to three channels; the middle one has two thirds of the power.
      const expectedDb = 20 * Math.log10(64 / 127.5);
      expect(linearToDb((powerSum[peak] as number) / transforms)).toBeCloseTo(
        linearToDb(2 / 3) + expectedDb,
        2,
      );
      expect(linearToDb(sum(powerSum) / transforms)).toBeCloseTo(expectedDb, 2);
    },
  );

  test('has the power of the samples in all channels together', () => {
    const sums = emptySums();
    addSamples(sums, noise);
    const { powerSum, transforms } = spectrumOf(noise);
    expect(Math.abs(sum(powerSum) / transforms / levelsOf(sums).fullScalePower - 1)).toBeLessThan(0.005);
  });

  test('has half-overlapping transforms with extremes and squares', () => {
    const { transforms, independentTransforms, powerSum, extremes } = spectrumOf(noise);
    expect(transforms).toBe(51_200 / 128 - 1);
    expect(transforms / independentTransforms).toBeCloseTo(1 + 1 / 18, 3);
    for (const [k, total] of powerSum.entries()) {
      const { squareSum, minPower, maxPower } = extremes as NonNullable<typeof extremes>;
      const mean = total / transforms;
      expect(minPower[k]).toBeLessThan(0.1 * mean);
      expect(maxPower[k]).toBeGreaterThan(3 * mean);
      expect((squareSum[k] as number) / transforms / mean ** 2).toBeGreaterThan(1.5);
      expect((squareSum[k] as number) / transforms / mean ** 2).toBeLessThan(2.5);
    }
  });

  test.each([2, 6, 510, 1_022, 1_024, 65_536])('is the same in blocks of %d bytes', (blockBytes) => {
    expect(spectrumOf(noise, blockBytes)).toEqual(spectrumOf(noise));
  });

  test('flags the channels at the tuner frequency and outside the flat part of the filter', () => {
    const { band } = spectrumOf(noise);
    expect(band).toMatchObject({ firstChannelHz: TUNER_HZ - RATE_HZ / 2, channelHz: CHANNEL_HZ });
    const flagged = (bit: number) =>
      [...band.flags.keys()].filter((k) => ((band.flags[k] as number) & bit) !== 0);
    expect(flagged(CHANNEL_FLAGS.dc)).toEqual([127, 128, 129]);
    // 0.46 of the sample rate on each side: 117.76 channels.
    expect(flagged(CHANNEL_FLAGS.bandEdge)).toEqual([
      ...Array.from({ length: 11 }, (_, k) => k),
      ...Array.from({ length: 10 }, (_, k) => 246 + k),
    ]);
  });

  test('starts again after a reset', () => {
    const meter = meterOf();
    meter.add(toneIq(20_001, 100, 0.02));
    meter.reset();
    meter.add(noise);
    expect(meter.spectrum()).toEqual(spectrumOf(noise));
  });
});

test.each([
  [200_000, 500_000],
  [64_000, -300_000],
  [900_000, 484_000],
])('the level of %d Hz at %d Hz is that of a channel with the same FFT', (bandwidthHz, offsetHz) => {
  const meter = meterOf({ bandwidthHz, offsetHz });
  const channel = new ChannelMeter(bandwidthHz, RATE_HZ, createFft(CHANNELS), offsetHz);
  expect(meter.fullScalePower()).toBe(0);
  meter.add(noise);
  channel.add(noise);
  expect((meter.fullScalePower() as number) / channel.fullScalePower()).toBeCloseTo(1, 9);
  expect(meterOf().fullScalePower()).toBeUndefined();
});
