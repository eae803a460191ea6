import { describe, expect, test } from 'vitest';
import { STATISTICS, UNKNOWN, codeOf, type Statistic } from '#shared/spectrum/point-spectrum';
import { createBandValues } from './band-values.ts';

/** Values of channels 10 to 13 at seqs 5 and 6, combined over channels 11 and 12. */
function combined(statistic: Statistic, values: number[][]): number[] {
  const all = createBandValues(statistic, { firstChannel: 11, lastChannel: 12 }, 5, 2);
  const codes = Int16Array.from(values.flat().map((value) => codeOf(statistic, value)));
  all.add({ firstSeq: 5, points: values.length, firstChannel: 10, channels: 4, codes });
  return [...all.values()];
}

describe('the value of a frequency range', () => {
  test.each(['mean', 'median'] as const)('%s is the sum of the power of its channels', (statistic) => {
    const [first = NaN, second = NaN] = combined(statistic, [
      [0, -90, -90, 0],
      [0, -90, -80, 0],
    ]);
    expect(first).toBeCloseTo(-86.99, 2);
    expect(second).toBeCloseTo(-79.59, 2);
  });

  test.each([
    ['min', [-50, -90, -80, -99], -90],
    ['max', [-50, -90, -80, -10], -80],
    ['kurtosis', [100, 1, 10, 100], 10],
    ['occupancy', [1, 0.25, 0.5, 1], 0.5],
  ] as const)('%s is that of one channel', (statistic, values, expected) => {
    expect(combined(statistic, [[...values]])[0]).toBe(expected);
  });

  test('is not known without a spectrum, or if no channel is known', () => {
    for (const statistic of STATISTICS) {
      expect(combined(statistic, [[1, NaN, NaN, 1]])).toEqual([NaN, NaN]);
    }
  });

  test('a sum is not known if one channel is not, extremes are those of the others', () => {
    expect(combined('mean', [[0, -90, NaN, 0]])[0]).toBeNaN();
    expect(combined('min', [[0, -90, NaN, 0]])[0]).toBe(-90);
    expect(combined('max', [[0, -90, NaN, 0]])[0]).toBe(-90);
  });

  test('is complete after all blocks of channels, in any order', () => {
    const all = createBandValues('mean', { firstChannel: 0, lastChannel: 3 }, 1, 1);
    const chunk = { firstSeq: 1, points: 1, channels: 2 };
    all.add({ ...chunk, firstChannel: 2, codes: Int16Array.of(-9_000, -9_000) });
    all.add({ ...chunk, firstChannel: 0, codes: Int16Array.of(-9_000, -9_000) });
    expect(all.values()[0]).toBeCloseTo(-90 + 10 * Math.log10(4), 6);
    all.add({ ...chunk, firstChannel: 4, codes: Int16Array.of(UNKNOWN, UNKNOWN) });
    expect(all.values()[0]).toBeCloseTo(-90 + 10 * Math.log10(4), 6);
  });
});
