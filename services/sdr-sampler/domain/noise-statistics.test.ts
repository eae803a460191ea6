import { describe, expect, test } from 'vitest';
import { noiseIq, seededRandom } from '../../../test/support/samples.ts';
import { createFftJs } from '../engine/spectrum-fft.ts';
import { createReadSplitter } from './reads.ts';
import { spectrumOf, type Spectrum, type SpectrumRead } from '#shared/spectrum/spectrum';
import { createSpectrumMeter } from './spectrum-meter.ts';

const CHANNELS = 1_024;
const SIGMA_LSB = 20;
const random = seededRandom(5);
const TABLE = noiseIq(1 << 19, SIGMA_LSB, random);
/** In one channel. */
const NOISE_POWER = (2 * average([...TABLE].map((code) => ((code - 127.5) / 127.5) ** 2))) / CHANNELS;

/** Fresh noise: independent draws from a table of Gaussian values. */
function noise(samples: number): Uint8Array {
  const iq = new Uint8Array(2 * samples);
  for (let k = 0; k < iq.length; k++) iq[k] = TABLE[Math.floor(random() * TABLE.length)] as number;
  return iq;
}

function dwells(count: number, reads: number, transforms: number): Spectrum[] {
  const samples = ((transforms + 1) * CHANNELS) / 2;
  const plan = { sampleRateHz: 2_400_000, tunerHz: 1e9, wanted: undefined };
  const meter = createSpectrumMeter(plan, createFftJs(CHANNELS));
  return Array.from({ length: count }, () => {
    const levels = createReadSplitter(samples, meter).push(noise(samples * reads), 0);
    return spectrumOf(levels as unknown as [SpectrumRead, ...SpectrumRead[]]);
  });
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('the kurtosis of noise', () => {
  // One read of 200 half-overlapping transforms. Their mean varies like that of 190 independent
  // ones, their kurtosis like that of 200: its correlation is 1/6 to the fourth power.
  const points = dwells(120, 1, 200);
  const kurtosis = points.flatMap(({ transformStatistics }) => [...(transformStatistics?.kurtosis ?? [])]);

  test('has the mean 1 and the variance 4 / M', () => {
    expect(kurtosis).toHaveLength(120 * CHANNELS);
    expect(Math.abs(average(kurtosis) - 1)).toBeLessThan(0.002);
    const variance = average(kurtosis.map((value) => (value - 1) ** 2));
    // 4 M^2 / ((M - 1) (M + 2) (M + 3)), Nita and Gary 2010.
    expect(variance / ((4 * 200 ** 2) / (199 * 202 * 203))).toBeCloseTo(1, 1);
  });

  test('is outside the limits of 0.135 % for 200 transforms as often', () => {
    const share = (outside: (value: number) => boolean) => kurtosis.filter(outside).length / kurtosis.length;
    // 166 of 122,880 on each side; neighbouring channels correlate, so the count varies by 10 %.
    expect(share((value) => value > 1.574) / 0.00135).toBeGreaterThan(0.75);
    expect(share((value) => value > 1.574) / 0.00135).toBeLessThan(1.25);
    expect(share((value) => value < 0.673) / 0.00135).toBeGreaterThan(0.75);
    expect(share((value) => value < 0.673) / 0.00135).toBeLessThan(1.25);
  });
});

test.each([1, 2, 10])('has the mean 1 over %d reads of few transforms', (reads) => {
  const points = dwells(100, reads, 9);
  const kurtosis = points.flatMap(({ transformStatistics }) => [...(transformStatistics?.kurtosis ?? [])]);
  expect(Math.abs(average(kurtosis) - 1)).toBeLessThan(0.01);
});

test.each([
  [10, 4],
  [11, 40],
  [5, 9],
])('mean, median and floor of %d reads of %d transforms are the power of the noise', (reads, transforms) => {
  const points = dwells(30, reads, transforms);
  const of = (value: (point: Spectrum) => readonly number[]) => average(points.flatMap(value)) / NOISE_POWER;
  expect(Math.abs(of(({ mean }) => [...mean]) - 1)).toBeLessThan(0.002);
  // The correction is that of many reads: with few, the median is 1 % high.
  expect(Math.abs(of(({ median }) => [...median]) - 1)).toBeLessThan(0.02);
  expect(Math.abs(of(({ floor }) => [floor]) - 1)).toBeLessThan(0.01);
});
