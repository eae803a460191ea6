import { describe, expect, test } from 'vitest';
import { createBaseband } from './baseband.ts';

const SAMPLES = 1_024;
/** dBFS = dBm + 60. */
const GAIN_DB = 60;
const TUNED = { frequencyHz: 1.42e9, sampleRateHz: 2_048_000 };

/** Mean power of a block without its DC offset, relative to full scale. */
function powerOf(iq: Uint8ClampedArray): number {
  let sum = 0;
  for (let k = 0; k < iq.length; k += 2) sum += ((iq[k] ?? 0) - 128.1) ** 2 + ((iq[k + 1] ?? 0) - 127.1) ** 2;
  return sum / (iq.length / 2) / 127.5 ** 2;
}

function blocks(count: number, noiseDbm: number, carrierDbm: number, seed = 1): number[] {
  const baseband = createBaseband(seed);
  const iq = new Uint8ClampedArray(2 * SAMPLES);
  return Array.from({ length: count }, () => {
    baseband.fill(iq, { noiseMw: 10 ** (noiseDbm / 10), carrierMw: 10 ** (carrierDbm / 10) }, GAIN_DB, TUNED);
    return powerOf(iq);
  });
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('samples', () => {
  test.each([
    ['noise', -80, -200],
    ['carriers', -200, -80],
    ['both', -83.01, -83.01],
  ])('of %s have the requested power', (_, noiseDbm, carrierDbm) => {
    const db = 10 * Math.log10(mean(blocks(2_000, noiseDbm, carrierDbm)));
    expect(Math.abs(db - (-80 + GAIN_DB))).toBeLessThan(0.03);
  });

  test('of noise have a mean power with sigma 1 / sqrt(samples)', () => {
    const powers = blocks(4_000, -80, -200);
    const expected = mean(powers) / Math.sqrt(SAMPLES);
    const sigma = Math.sqrt(mean(powers.map((power) => (power - mean(powers)) ** 2)));
    expect(sigma / expected).toBeGreaterThan(0.93);
    expect(sigma / expected).toBeLessThan(1.07);
  });

  test('of consecutive blocks are uncorrelated', () => {
    const powers = blocks(4_000, -80, -200);
    const centre = mean(powers);
    const lagged = powers.slice(1).map((power, k) => (power - centre) * ((powers[k] ?? 0) - centre));
    const variance = mean(powers.map((power) => (power - centre) ** 2));
    expect(Math.abs(mean(lagged) / variance)).toBeLessThan(0.06);
  });

  test('of too much power are clipped', () => {
    const iq = new Uint8ClampedArray(2 * SAMPLES);
    createBaseband(1).fill(iq, { noiseMw: 1e-4, carrierMw: 0 }, GAIN_DB, TUNED);
    const clipped = iq.filter((code) => code === 0 || code === 255).length;
    expect(clipped / iq.length).toBeGreaterThan(0.8);
  });

  test('depend on the seed only', () => {
    expect(blocks(3, -80, -90, 5)).toEqual(blocks(3, -80, -90, 5));
    expect(blocks(3, -80, -90, 5)).not.toEqual(blocks(3, -80, -90, 6));
  });

  test.each([0, -20_000, 512_000, -1_023_000, 30e6])(
    'have carriers at fixed frequencies with the tuner offset by %d Hz',
    (besideHz) => {
      const carriers = [-640, -331, -97, 128, 287, 555].map((kHz) => 1.42e9 + kHz * 1_000);
      const tuned = { ...TUNED, frequencyHz: 1.42e9 + besideHz };
      const baseband = createBaseband(1);
      const iq = new Uint8ClampedArray(2 * 16_384);
      baseband.fill(iq, { noiseMw: 0, carrierMw: 1e-8 }, GAIN_DB, tuned);
      for (const hz of carriers) {
        // Carriers repeat every 2.048 MHz.
        expect(powerAt(iq, hz - tuned.frequencyHz)).toBeCloseTo(0.01 / carriers.length, 4);
        expect(powerAt(iq, hz - tuned.frequencyHz + 10_000)).toBeLessThan(1e-5);
      }
    },
  );
});

/** Power of a tone in samples of 2.048 MS/s, relative to full scale. */
function powerAt(iq: Uint8ClampedArray, hz: number): number {
  const samples = iq.length / 2;
  let re = 0;
  let im = 0;
  for (let k = 0; k < samples; k++) {
    const angle = (2 * Math.PI * hz * k) / TUNED.sampleRateHz;
    const [i, q] = [(iq[2 * k] ?? 0) - 128.1, (iq[2 * k + 1] ?? 0) - 127.1];
    re += i * Math.cos(angle) + q * Math.sin(angle);
    im += q * Math.cos(angle) - i * Math.sin(angle);
  }
  return (re ** 2 + im ** 2) / samples ** 2 / 127.5 ** 2;
}
