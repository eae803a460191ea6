import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linearToDb } from '#shared/sky/units';
import { noiseIq, seededRandom, toneIq } from '../../../test/support/samples.ts';
import { levelDb } from './calibration.ts';
import { addSamples, emptySums, levelsOf } from './power.ts';

function levels(iq: Uint8Array) {
  const sums = emptySums();
  addSamples(sums, iq);
  return levelsOf(sums);
}

describe('power', () => {
  test('of a full-scale complex tone is 0 dBFS', () => {
    expect(linearToDb(levels(toneIq(20_480, 127.5, 0.01)).fullScalePower)).toBeCloseTo(0, 1);
  });

  test.each([64, 32, 16])('of a tone of %d LSB is 20 log10 of its fraction of full scale', (amplitude) => {
    const { fullScalePower, rmsLsb } = levels(toneIq(20_480, amplitude, 0.0101));
    expect(Math.abs(linearToDb(fullScalePower) - 20 * Math.log10(amplitude / 127.5))).toBeLessThan(0.05);
    expect(Math.abs(rmsLsb / (amplitude / Math.SQRT2) - 1)).toBeLessThan(0.01);
  });

  test.each([0, 2, 4, 6, 65_536, 65_538, 300_002])('sums of %i bytes are exact', (bytes) => {
    const iq = Uint8Array.from({ length: bytes }, (_, k) => (k % 3 === 0 ? 255 * (k & 1) : (k * 37) & 255));
    const expected = emptySums();
    for (let k = 0; k < bytes; k += 2) {
      const [i, q] = [2 * (iq[k] ?? NaN) - 255, 2 * (iq[k + 1] ?? NaN) - 255];
      expected.samples++;
      expected.i += i;
      expected.q += q;
      expected.squares += i * i + q * q;
      for (const value of [i, q]) if (Math.abs(value) === 255) expected.clipped++;
    }
    const sums = emptySums();
    addSamples(sums, iq);
    expect(sums).toEqual(expected);
  });

  test('ignores the DC offset of the tuner', () => {
    const plain = levels(toneIq(20_480, 30, 0.01));
    const shifted = levels(toneIq(20_480, 30, 0.01, 7));
    expect(shifted.fullScalePower / plain.fullScalePower).toBeCloseTo(1, 2);
  });

  test('of noise has a standard deviation of 4.343 / sqrt(samples) dB', () => {
    const samples = 4_096;
    const random = seededRandom(1);
    const reads = Array.from({ length: 300 }, () =>
      levelDb(levels(noiseIq(samples, 15, random)).fullScalePower, undefined),
    );
    const mean = reads.reduce((sum, db) => sum + db, 0) / reads.length;
    const sigma = Math.sqrt(reads.reduce((sum, db) => sum + (db - mean) ** 2, 0) / (reads.length - 1));
    expect(mean).toBeCloseTo(linearToDb((2 * 15 ** 2) / 127.5 ** 2), 1);
    // Four standard errors of a sigma from 300 reads.
    expect(sigma / (4.343 / Math.sqrt(samples))).toBeGreaterThan(0.83);
    expect(sigma / (4.343 / Math.sqrt(samples))).toBeLessThan(1.17);
  });

  test('counts the values at both ends of the converter', () => {
    const iq = Uint8Array.of(0, 255, 128, 128, 1, 254, 255, 100);
    expect(levels(iq).clippedFraction).toBe(3 / 8);
  });

  test('of a constant input is the minimum level, not minus infinity', () => {
    expect(levelDb(levels(new Uint8Array(64).fill(128)).fullScalePower, undefined)).toBe(-100);
  });

  test('is the mean of squares minus the square of the mean, for any bytes and block sizes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 400 }), fc.nat(), (bytes, at) => {
        const iq = bytes.subarray(0, bytes.length & ~1);
        const cut = 2 * (at % (iq.length / 2 + 1));
        const sums = emptySums();
        addSamples(sums, iq.subarray(0, cut));
        addSamples(sums, iq.subarray(cut));
        const axis = (which: number) =>
          Array.from(
            iq.filter((_, k) => k % 2 === which),
            (u) => u - 127.5,
          );
        const variance = (values: number[]) => {
          const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
          return values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
        };
        const direct = (variance(axis(0)) + variance(axis(1))) / 127.5 ** 2;
        expect(levelsOf(sums).fullScalePower).toBeCloseTo(direct, 9);
      }),
    );
  });
});

test('calibrated levels are dBFS plus the offset', () => {
  expect(levelDb(0.01, undefined)).toBeCloseTo(-20);
  expect(levelDb(0.01, -67)).toBeCloseTo(-87);
});
