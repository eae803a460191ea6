import { expect, test } from 'vitest';
import { seededRandom } from '../../../test/support/samples.ts';
import { expectedClipping } from './clipping.ts';

/** Threshold of the flag `clipped`. */
const MOST = 0.001;

test.each([
  [123.675, 0.3173],
  [61.8375, 0.0455],
  [41.225, 0.0027],
  [10, 0],
  [0, 0],
])('noise of %d LSB rms clips a fraction of %d', (rmsLsb, share) => {
  expect(expectedClipping(0, rmsLsb)).toBeCloseTo(share, 4);
});

test.each([
  // A carrier of -3 dBFS, and one of -0.5, under little noise.
  [90.3, 1.4, false],
  [120.4, 0.7, false],
  // Just below the ends, with noise that exceeds them.
  [120.4, 3, true],
  // A carrier of +20 dBFS after clipping.
  [126.6, 0.1, true],
  [175, 1, true],
])('a carrier of %d LSB under noise of %d LSB: clipped %s', (carrierLsb, noiseLsb, clipped) => {
  expect(expectedClipping(carrierLsb, noiseLsb) > MOST).toBe(clipped);
});

test('a carrier under noise clips as often as simulated samples', () => {
  const random = seededRandom(3);
  const samples = 200_000;
  for (const [carrier, noise] of [
    [110, 8],
    [60, 30],
    [140, 5],
  ] as const) {
    let clipped = 0;
    for (let k = 0; k < samples; k++) {
      const gaussian = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      const value = carrier * Math.cos(2 * Math.PI * random()) + noise * gaussian;
      if (Math.abs(value) > 0.97 * 127.5) clipped++;
    }
    expect(Math.abs(expectedClipping(carrier, noise) - clipped / samples)).toBeLessThan(0.003);
  }
});
