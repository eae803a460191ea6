import { expect, test } from 'vitest';
import { studentQuantile, studentTail } from './student-t.ts';

// Tables of Abramowitz and Stegun 26.10.
test.each([
  [0.05, 1, 6.314],
  [0.005, 4, 4.604],
  [0.0005, 9, 4.781],
  [0.00005, 30, 4.482],
  [0.025, 120, 1.98],
])('t exceeds with the probability %d and %d degrees of freedom: %d', (probability, degrees, t) => {
  expect(studentQuantile(probability, degrees)).toBeCloseTo(t, 3);
});

test('one degree of freedom is a Cauchy distribution', () => {
  for (const t of [0, 0.3, 1, 20, 1e4])
    expect(studentTail(t, 1)).toBeCloseTo(0.5 - Math.atan(t) / Math.PI, 10);
});

test('two degrees of freedom have a closed form far out', () => {
  for (const t of [5, 500]) {
    const exact = 0.5 * (1 - t / Math.sqrt(2 + t * t));
    expect(studentTail(t, 2) / exact).toBeCloseTo(1, 8);
  }
});
