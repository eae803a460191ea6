import fc from 'fast-check';
import { expect, test } from 'vitest';
import { medianOf } from './median.ts';

test.each([
  [[3], 3],
  [[4, 1], 2.5],
  [[9, 1, 2], 2],
  [[8, 1, 2, 3], 2.5],
])('the median of %j is %d', (values, median) => {
  expect(medianOf(Float64Array.from(values))).toBe(median);
});

test('short and long lists have the median of the sorted list', () => {
  const numbers = fc.array(fc.double({ noNaN: true, min: 0, max: 1e6 }), { minLength: 1, maxLength: 199 });
  fc.assert(
    fc.property(numbers, (values) => {
      const sorted = values.toSorted((a, b) => a - b);
      const low = sorted[Math.floor((values.length - 1) / 2)] as number;
      const high = sorted[Math.floor(values.length / 2)] as number;
      expect(medianOf(Float64Array.from(values))).toBe((low + high) / 2);
    }),
  );
});

test('equal values and steps', () => {
  for (const length of [41, 100, 401]) {
    expect(medianOf(new Float64Array(length).fill(7))).toBe(7);
    const rising = Float64Array.from({ length }, (_, k) => k);
    expect(medianOf(rising.slice())).toBe((length - 1) / 2);
    expect(medianOf(rising.slice().reverse())).toBe((length - 1) / 2);
  }
});
