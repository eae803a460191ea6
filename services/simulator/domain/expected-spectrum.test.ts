import { describe, expect, test } from 'vitest';
import { periodogram } from '../../../test/support/periodogram.ts';
import { createBaseband } from './baseband.ts';
import { expectedSpectrumMw } from './expected-spectrum.ts';
import { createReceivedSignals } from './received-signals.ts';
import type { ReceivedSignal } from './truth.ts';

// The samples of the simulator, measured with an FFT of another author.

const CHANNELS = 256;
const SAMPLE_RATE_HZ = 2_048_000;
const CHANNEL_HZ = SAMPLE_RATE_HZ / CHANNELS;
/** dBFS = dBm + 60. */
const GAIN_DB = 60;
const NOISE_MW = 1e-9;

/** Mean power in each channel, milliwatts, and the number of transforms. */
function measured(signals: readonly ReceivedSignal[], samples: number, channels = CHANNELS) {
  const received = createReceivedSignals(signals, SAMPLE_RATE_HZ, 2);
  received.setPowers(signals.map(({ powerMw }) => powerMw));
  const iq = new Uint8ClampedArray(2 * samples);
  createBaseband(7).fill(iq, NOISE_MW, received, GAIN_DB);
  // Not a multiple of the length of a symbol, so that the transforms do not start with one.
  const skipSamples = 37;
  const powers = periodogram(new Uint8Array(iq.buffer), channels, skipSamples);
  return {
    spectrum: powers.map((power) => power / 10 ** (GAIN_DB / 10)),
    transforms: Math.floor(samples / (channels + skipSamples)),
  };
}

/** The DC offset of the tuner and its neighbours. */
const isBesideDc = (channel: number, channels: number) => Math.abs(channel - channels / 2) <= 1;

describe('the expected spectrum', () => {
  test.each<[string, ReceivedSignal[]]>([
    ['noise', []],
    ['a carrier in the middle of a channel', [{ offsetHz: 20 * CHANNEL_HZ, bandwidthHz: 0, powerMw: 1e-9 }]],
    ['a carrier between channels', [{ offsetHz: -33.5 * CHANNEL_HZ, bandwidthHz: 0, powerMw: 1e-9 }]],
    ['a carrier at the edge of the band', [{ offsetHz: -SAMPLE_RATE_HZ / 2, bandwidthHz: 0, powerMw: 1e-9 }]],
    ['a modulated signal', [{ offsetHz: 300_000, bandwidthHz: 128_000, powerMw: 3e-9 }]],
    ['a narrow one', [{ offsetHz: -700_000, bandwidthHz: 8_000, powerMw: 1e-9 }]],
    ['a wide one around the edge', [{ offsetHz: 1_000_000, bandwidthHz: 512_000, powerMw: 3e-9 }]],
  ])('of %s is measured', (_, signals) => {
    const expected = expectedSpectrumMw({ noiseMw: NOISE_MW, signals }, CHANNELS, SAMPLE_RATE_HZ);
    const total = signals.reduce((sum, { powerMw }) => sum + powerMw, NOISE_MW);
    expect(expected.reduce((sum, power) => sum + power, 0) / total).toBeCloseTo(1, 2);
    const { spectrum, transforms } = measured(signals, 2_350_000);
    const errors = spectrum
      .map((power, k) => power / (expected[k] as number) - 1)
      .filter((_, k) => !isBesideDc(k, CHANNELS));
    // Quantisation adds 1/12 LSB^2 per component: 0.1 % of this noise.
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(6.5 / Math.sqrt(transforms));
  });
});

test('the noise is new in every block: 1,024 channels of 6 s differ by 0.9 %', () => {
  const { spectrum: all, transforms } = measured([], 12_700_000, 1_024);
  const spectrum = all.filter((_, k) => !isBesideDc(k, 1_024));
  const mean = spectrum.reduce((sum, power) => sum + power, 0) / spectrum.length;
  const spread = Math.sqrt(
    spectrum.reduce((sum, power) => sum + (power / mean - 1) ** 2, 0) / spectrum.length,
  );
  expect(spread * Math.sqrt(transforms)).toBeGreaterThan(0.9);
  expect(spread * Math.sqrt(transforms)).toBeLessThan(1.1);
});
