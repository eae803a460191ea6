import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  STATISTICS,
  UNKNOWN,
  bytesOfCodes,
  codeOf,
  codesOfBytes,
  valueOf,
  type Statistic,
} from './point-spectrum.ts';

test.each<[Statistic, number, number, number]>([
  ['mean', -71.234, -7123, -71.23],
  ['max', 400, 32_767, 327.67],
  ['min', -Infinity, -32_767, -327.67],
  ['kurtosis', 1, 0, 1],
  ['kurtosis', 2, 301, 1.9999],
  ['kurtosis', 0, -32_767, 0],
  ['occupancy', 0.12345, 1235, 0.1235],
  ['occupancy', 1, 10_000, 1],
])('%s %f is stored as %i and read as %f', (statistic, value, code, read) => {
  expect(codeOf(statistic, value)).toBe(code);
  expect(valueOf(statistic, code)).toBeCloseTo(read, 4);
});

test.each(STATISTICS)('an unknown %s stays unknown', (statistic) => {
  expect(codeOf(statistic, NaN)).toBe(UNKNOWN);
  expect(valueOf(statistic, UNKNOWN)).toBeNaN();
});

test('a code is its own code', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...STATISTICS),
      fc.integer({ min: -32_767, max: 32_767 }),
      (statistic, code) => {
        expect(codeOf(statistic, valueOf(statistic, code))).toBe(code + 0);
      },
    ),
  );
});

test('bytes hold any code', () => {
  fc.assert(
    fc.property(fc.int16Array(), (codes) => {
      expect(codesOfBytes(bytesOfCodes(codes))).toEqual(codes);
    }),
  );
});
