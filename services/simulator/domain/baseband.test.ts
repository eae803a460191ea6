import { describe, expect, test } from 'vitest';
import { createBaseband } from './baseband.ts';
import { createReceivedSignals } from './received-signals.ts';

const SAMPLES = 1_024;
/** dBFS = dBm + 60. */
const GAIN_DB = 60;
const SAMPLE_RATE_HZ = 2_048_000;

/** Mean power of a block without its DC offset, relative to full scale. */
function powerOf(iq: Uint8ClampedArray): number {
  let sum = 0;
  for (let k = 0; k < iq.length; k += 2) sum += ((iq[k] ?? 0) - 128.1) ** 2 + ((iq[k + 1] ?? 0) - 127.1) ** 2;
  return sum / (iq.length / 2) / 127.5 ** 2;
}

function blocks(count: number, noiseDbm: number, signalDbm: number, bandwidthHz: number, seed = 1): number[] {
  const baseband = createBaseband(seed);
  const iq = new Uint8ClampedArray(2 * SAMPLES);
  const signals = createReceivedSignals([{ offsetHz: 123_456, bandwidthHz }], SAMPLE_RATE_HZ, seed);
  signals.setPowers([10 ** (signalDbm / 10)]);
  return Array.from({ length: count }, () => {
    baseband.fill(iq, 10 ** (noiseDbm / 10), signals, GAIN_DB);
    return powerOf(iq);
  });
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('samples', () => {
  test.each([
    ['noise', -80, -200, 0],
    ['a carrier', -200, -80, 0],
    ['a modulated signal', -200, -80, 500_000],
    ['noise and a carrier', -83.01, -83.01, 0],
  ])('of %s have the requested power', (_, noiseDbm, signalDbm, bandwidthHz) => {
    const db = 10 * Math.log10(mean(blocks(2_000, noiseDbm, signalDbm, bandwidthHz)));
    // A carrier alone is rounded in the same way in every period.
    expect(Math.abs(db - (-80 + GAIN_DB))).toBeLessThan(0.05);
  });

  test('of noise have a mean power with sigma 1 / sqrt(samples)', () => {
    const powers = blocks(4_000, -80, -200, 0);
    const expected = mean(powers) / Math.sqrt(SAMPLES);
    const sigma = Math.sqrt(mean(powers.map((power) => (power - mean(powers)) ** 2)));
    expect(sigma / expected).toBeGreaterThan(0.93);
    expect(sigma / expected).toBeLessThan(1.07);
  });

  test('of consecutive blocks are uncorrelated', () => {
    const powers = blocks(4_000, -80, -200, 0);
    const centre = mean(powers);
    const lagged = powers.slice(1).map((power, k) => (power - centre) * ((powers[k] ?? 0) - centre));
    const variance = mean(powers.map((power) => (power - centre) ** 2));
    expect(Math.abs(mean(lagged) / variance)).toBeLessThan(0.06);
  });

  test('of too much power are clipped', () => {
    const iq = new Uint8ClampedArray(2 * SAMPLES);
    createBaseband(1).fill(iq, 1e-4, createReceivedSignals([], SAMPLE_RATE_HZ, 1), GAIN_DB);
    const clipped = iq.filter((code) => code === 0 || code === 255).length;
    expect(clipped / iq.length).toBeGreaterThan(0.8);
  });

  test('depend on the seed only', () => {
    expect(blocks(3, -80, -90, 1e5, 5)).toEqual(blocks(3, -80, -90, 1e5, 5));
    expect(blocks(3, -80, -90, 1e5, 5)).not.toEqual(blocks(3, -80, -90, 1e5, 6));
  });
});
