// Simulates the limits of the spectral kurtosis and prints the table of
// services/sky-analyst/domain/kurtosis-limits.ts. Takes some minutes:
// `node --conditions=source scripts/kurtosis-table.js`.
import { createChannelNoise } from '../test/support/kurtosis-noise.ts';

const RATE = 0.00135;
/** Of the normal distribution at this rate. */
const QUANTILE = 2.99998;
const TRANSFORMS = [8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256, 512, 1_024];
const MIN_VALUES = 2e6;
const MAX_VALUES = 2e7;
const NUMBERS = 8e8;
/** Of the polynomial that smooths the simulated limits. */
const DEGREE = 7;

// The distances of the limits from 1, in standard deviations of many transforms: 2 / sqrt(M).
const simulated = TRANSFORMS.map((transforms, index) => {
  const count = Math.round(Math.max(MIN_VALUES, Math.min(MAX_VALUES, NUMBERS / transforms)));
  const channel = createChannelNoise(1_000 + index);
  const values = new Float32Array(count);
  for (let k = 0; k < count; k++) values[k] = channel({ transforms }).kurtosis;
  values.sort();
  const scale = Math.sqrt(transforms) / 2;
  const low = (1 - quantile(values, RATE)) * scale;
  const high = (quantile(values, 1 - RATE) - 1) * scale;
  process.stderr.write(`${transforms} ${count} ${low} ${high}\n`);
  return { transforms, s: 1 / Math.sqrt(transforms), low, high, count };
});

const low = smooth('low');
const high = smooth('high');
for (const { transforms, s, ...raw } of simulated) {
  const [lower, upper] = [low(s), high(s)];
  process.stderr.write(`${transforms} ${(lower - raw.low).toFixed(4)} ${(upper - raw.high).toFixed(4)}\n`);
  const limit = (deviations) => (1 + deviations * 2 * s).toFixed(5);
  process.stdout.write(`  [${transforms}, ${limit(-lower)}, ${limit(upper)}],\n`);
}

function quantile(sorted, share) {
  const at = share * sorted.length - 0.5;
  const below = Math.floor(at);
  return sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
}

/**
 * A polynomial in 1 / sqrt(M) through the normal quantile at 0, weighted with the number of
 * values.
 */
function smooth(side) {
  const powers = (s) => Array.from({ length: DEGREE }, (_, k) => s ** (k + 1));
  const matrix = Array.from({ length: DEGREE }, () => new Array(DEGREE + 1).fill(0));
  for (const { s, count, [side]: value } of simulated) {
    const row = [...powers(s), value - QUANTILE];
    for (let i = 0; i < DEGREE; i++)
      for (let j = 0; j <= DEGREE; j++) matrix[i][j] += count * row[i] * row[j];
  }
  const factors = solve(matrix);
  return (s) => powers(s).reduce((sum, power, k) => sum + factors[k] * power, QUANTILE);
}

/** Gauss and Jordan, with pivots. */
function solve(matrix) {
  matrix.forEach((_, k) => {
    const pivot = matrix.reduce(
      (best, row, i) => (i >= k && Math.abs(row[k]) > Math.abs(matrix[best][k]) ? i : best),
      k,
    );
    [matrix[k], matrix[pivot]] = [matrix[pivot], matrix[k]];
    matrix.forEach((row, i) => {
      if (i === k) return;
      const factor = row[k] / matrix[k][k];
      row.forEach((_, j) => (row[j] -= factor * matrix[k][j]));
    });
  });
  return matrix.map((row, k) => row[matrix.length] / row[k]);
}
