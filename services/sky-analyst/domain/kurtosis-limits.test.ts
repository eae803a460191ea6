import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createChannelNoise } from '../../../test/support/kurtosis-noise.ts';
import { gaussianPair, seededRandom } from '../../../test/support/samples.ts';
import { kurtosisLimits, undoRounding } from './kurtosis-limits.ts';

const RATE = 0.00135;
const STEP_DB = 0.01;

/** Shares of values outside the limits, relative to the nominal one. */
function rates(values: readonly number[], { low, high }: { low: number; high: number }): number[] {
  const share = (isOutside: (value: number) => boolean) => values.filter(isOutside).length / values.length;
  return [share((value) => value < low) / RATE, share((value) => value > high) / RATE];
}

describe('the limits of the kurtosis', () => {
  test('are those of 0.135 % for 200 transforms', () => {
    const { low, high } = kurtosisLimits(200);
    expect(low).toBeCloseTo(0.673, 2);
    expect(high).toBeCloseTo(1.575, 2);
  });

  // 200,000 values: 270 on each side, with a standard deviation of 6 %.
  test.each([
    [9, 1],
    [14, 1],
    [40, 1],
    [5, 8],
  ])(
    'are exceeded by noise as often as they should: %d transforms in each of %d reads',
    (transforms, reads) => {
      const channel = createChannelNoise(transforms);
      const values = Array.from({ length: 200_000 }, () => channel({ transforms, reads }).kurtosis);
      for (const rate of rates(values, kurtosisLimits(transforms * reads))) {
        expect(rate).toBeGreaterThan(0.75);
        expect(rate).toBeLessThan(1.25);
      }
    },
  );

  test('are symmetric, at three standard deviations, for very many transforms', () => {
    const { low, high } = kurtosisLimits(1e8);
    expect((1 - low) / 2e-4).toBeCloseTo(3, 2);
    expect((high - 1) / 2e-4).toBeCloseTo(3, 2);
  });

  test('include everything below 8 transforms, and when their number is unknown', () => {
    expect(kurtosisLimits(7)).toEqual({ low: -Infinity, high: Infinity });
    expect(kurtosisLimits(NaN)).toEqual({ low: -Infinity, high: Infinity });
  });

  test('become narrower with every transform', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 1_000_000 }), (transforms) => {
        const [few, more] = [kurtosisLimits(transforms), kurtosisLimits(Math.ceil(1.01 * transforms))];
        expect(few.low).toBeLessThan(more.low);
        expect(more.low).toBeLessThan(1);
        expect(few.high).toBeGreaterThan(more.high);
        expect(more.high).toBeGreaterThan(1);
      }),
    );
  });
});

describe('a kurtosis that is rounded to 0.01 dB', () => {
  const rounded = (kurtosis: number) =>
    10 ** ((Math.round((10 * Math.log10(kurtosis)) / STEP_DB) * STEP_DB) / 10);

  test.each([10_000, 100_000, 1_000_000])(
    'is outside the limits as often with %d transforms',
    (transforms) => {
      // Such numbers of transforms are not simulated. The tails of a normal distribution are those
      // of the limits of infinitely many.
      const random = seededRandom(transforms);
      const sigma = 2 / Math.sqrt(transforms);
      const values = Array.from({ length: 100_000 }, () => gaussianPair(random))
        .flat()
        .map((deviate, index) => undoRounding(rounded(1 + deviate * sigma), STEP_DB, index));
      const exact = kurtosisLimits(1e8);
      const widened = kurtosisLimits(transforms, STEP_DB);
      const plain = kurtosisLimits(transforms);
      const factor = (widened.high - 1) / (plain.high - 1);
      const limits = {
        low: 1 + ((exact.low - 1) / 2e-4) * sigma * factor,
        high: 1 + ((exact.high - 1) / 2e-4) * sigma * factor,
      };
      for (const rate of rates(values, limits)) {
        expect(rate).toBeGreaterThan(0.75);
        expect(rate).toBeLessThan(1.25);
      }
    },
  );

  test('differs from the exact one by half a step at most', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.nat(), (kurtosis, index) => {
        const error = undoRounding(kurtosis, STEP_DB, index) / kurtosis - 1;
        expect(Math.abs(error)).toBeLessThanOrEqual(0.00116);
      }),
    );
  });

  test('is not changed if it was not rounded', () => {
    expect(undoRounding(1.234, 0, 5)).toBe(1.234);
  });
});
