import { expect, test } from 'vitest';
import { seededRandom } from '../../../../test/support/samples.ts';
import { normalDeviates } from '../../../../test/support/synthetic-sky.ts';
import { leastSquares, type Model } from './least-squares.ts';

const X = Float64Array.from({ length: 60 }, (_, k) => k / 10);

/** A Gaussian curve: amplitude, centre, width. */
const evaluate: Model['evaluate'] = ([a = 0, centre = 0, width = 1], values, derivatives) => {
  X.forEach((x, k) => {
    const u = (x - centre) / width;
    const g = Math.exp(-u * u);
    values[k] = a * g;
    derivatives?.set([g], k);
    derivatives?.set([(2 * a * g * u) / width], X.length + k);
    derivatives?.set([(2 * a * g * u * u) / width], 2 * X.length + k);
  });
};

function curve(truth: number[], sigma: Float64Array, seed: number): Float64Array {
  const values = new Float64Array(X.length);
  const deviate = normalDeviates(seededRandom(seed));
  evaluate(truth, values);
  return values.map((value, k) => value + (sigma[k] as number) * deviate());
}

const BOUNDS = { lower: [0, -10, 0.1], upper: [Infinity, 20, 10] };

test('finds the parameters of a curve without noise, from a distant start, on any scale', () => {
  for (const scale of [1e-9, 1, 1e6]) {
    const truth = [3 * scale, 2.2, 0.9];
    const sigma = X.map(() => 0.01 * scale);
    const values = new Float64Array(X.length);
    evaluate(truth, values);
    const fit = leastSquares({ evaluate, values, sigma, initial: [scale, 3, 1.5], ...BOUNDS });
    expect(fit?.chiSquare).toBeLessThan(1e-3);
    expect((fit?.parameters[0] ?? 0) / scale).toBeCloseTo(3, 4);
    expect(fit?.parameters[1]).toBeCloseTo(2.2, 5);
    expect(fit?.parameters[2]).toBeCloseTo(0.9, 5);
  }
});

test('errors scatter as the covariance states, with unequal weights', () => {
  const truth = [3, 2.2, 0.9];
  const sigma = X.map((x) => 0.1 + 0.2 * x);
  let [sum, chi] = [0, 0];
  for (let seed = 1; seed <= 400; seed++) {
    const values = curve(truth, sigma, seed);
    const fit = leastSquares({ evaluate, values, sigma, initial: [2.5, 2, 1], ...BOUNDS });
    if (!fit) throw new Error('no fit');
    sum += ((fit.parameters[1] as number) - 2.2) ** 2 / (fit.covariance[4] as number);
    chi += fit.chiSquare;
  }
  expect(sum / 400).toBeGreaterThan(0.8);
  expect(sum / 400).toBeLessThan(1.2);
  expect(chi / 400 / (X.length - 3)).toBeCloseTo(1, 1);
});

test('parameters stay within their bounds', () => {
  const sigma = X.map(() => 0.1);
  const values = curve([3, 2.2, 0.9], sigma, 1);
  const fit = leastSquares({
    evaluate,
    values,
    sigma,
    initial: [2, 1, 1],
    lower: [0, 0, 0.5],
    upper: [9, 2, 2],
  });
  expect(fit?.parameters[1]).toBeLessThanOrEqual(2);
});

test('values that do not determine the parameters give nothing', () => {
  const sigma = X.map(() => 1);
  const values = X.map(() => 0);
  // Without an amplitude, centre and width have no effect.
  expect(leastSquares({ evaluate, values, sigma, initial: [0, 2, 1], ...BOUNDS })).toBeUndefined();
});
