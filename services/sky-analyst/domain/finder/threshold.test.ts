import { expect, test } from 'vitest';
import { detectionThreshold } from './threshold.ts';

test('the threshold for 1 % risk in 100 maps of 1,024 channels is 7.4 sigma with 234 transforms', () => {
  const trials = 100 * 1_024 * 2_560;
  expect(detectionThreshold(trials, 234, 0.01)).toBeCloseTo(7.4, 1);
  expect(detectionThreshold(trials, Infinity, 0.01)).toBeCloseTo(6.51, 1);
});

test('one trial with many transforms gives the quantiles of the normal distribution', () => {
  expect(detectionThreshold(1, Infinity, 0.001349898)).toBeCloseTo(3, 3);
  expect(detectionThreshold(1, Infinity, 2.866516e-7)).toBeCloseTo(5, 3);
});

test('a single transform is distributed exponentially', () => {
  // P(x > k) = e^-k, in sigma above the mean of 1.
  expect(detectionThreshold(1, 1, Math.exp(-8))).toBeCloseTo(7, 4);
  expect(detectionThreshold(1_000, 1, 0.001)).toBeCloseTo(Math.log(1e6) - 1, 2);
});
