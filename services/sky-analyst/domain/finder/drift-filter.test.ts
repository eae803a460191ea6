import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { normalDeviates } from '../../../../test/support/synthetic-sky.ts';
import { seededRandom } from '../../../../test/support/samples.ts';
import {
  driftCost,
  driftGains,
  informationLeft,
  smoothDrift,
  type DriftModel,
  type DriftSequence,
} from './drift-filter.ts';
import { likeliestDrift } from './drift-model.ts';

// Two rows of unequal steps, one point of which does not count.
const STEPS = [0, 1, 1.2, 0.7, 1, 3, 1, 1, 0.5, 1];
const SEQUENCE: DriftSequence = {
  steps: Float64Array.from(STEPS),
  startsRow: Uint8Array.from(STEPS, (_, k) => (k === 0 || k === 5 ? 1 : 0)),
  variance: Float64Array.from(STEPS, (_, k) => (k === 3 ? Infinity : 1 + 0.1 * k)),
};
const UNKNOWN = 1e6;
const deviate = normalDeviates(seededRandom(5));
const VALUES = Float64Array.from(STEPS, () => 2 + deviate());
const TEMPLATE = [0, 0, 0.2, 0.8, 1, 0.9, 0.6, 0.1, 0, 0];

/** The covariance of the drift, entry by entry. */
function driftCovariance({ walk, bend, rowStep }: DriftModel): Matrix {
  const times = STEPS.map((_, k) => STEPS.slice(0, k + 1).reduce((sum, step) => sum + step, 0));
  return new Matrix(
    times.map((a, i) =>
      times.map((b, j) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        const steps = i >= 5 && j >= 5 ? rowStep : 0;
        // An integrated random walk (Rasmussen and Williams, 6.3.1), and its slope at the start.
        const bent = bend * (first ** 3 / 3 + ((last - first) * first ** 2) / 2 + STEPS.length * a * b);
        return UNKNOWN + walk * first + bent + steps;
      }),
    ),
  );
}

const counted = STEPS.map((_, k) => k).filter((k) => SEQUENCE.variance[k] !== Infinity);
const column = (values: ArrayLike<number>) => Matrix.columnVector(counted.map((k) => values[k] as number));
const quadratic = (left: Matrix, middle: Matrix, right: Matrix) =>
  left.transpose().mmul(middle).mmul(right).get(0, 0);

describe.each<[string, DriftModel]>([
  ['no drift', { walk: 0, bend: 0, rowStep: 0 }],
  ['a random walk', { walk: 0.3, bend: 0, rowStep: 0 }],
  ['an integrated random walk with steps between rows', { walk: 0, bend: 0.05, rowStep: 2 }],
])('the filter with %s', (_, model) => {
  const drift = driftCovariance(model);
  const own = drift.selection(counted, counted);
  const noise = Matrix.diag(counted.map((k) => SEQUENCE.variance[k] as number));
  const weights = inverse(Matrix.add(own, noise));
  const gains = driftGains(SEQUENCE, model);

  test('has the level and the variance of generalised least squares', () => {
    const all = STEPS.map((__, k) => k);
    const across = drift.selection(all, counted);
    const expected = across.mmul(weights).mmul(column(VALUES));
    const left = Matrix.sub(drift, across.mmul(weights).mmul(across.transpose()));
    const { level, variance } = smoothDrift(VALUES, gains);
    STEPS.forEach((__, k) => {
      expect(level[k]).toBeCloseTo(expected.get(k, 0), 3);
      expect(variance[k]).toBeCloseTo(left.get(k, k), 3);
    });
  });

  test('has the differences of the likelihood', () => {
    const other = Float64Array.from(VALUES, (value, k) => value + Math.sin(k));
    const expected =
      quadratic(column(VALUES), weights, column(VALUES)) - quadratic(column(other), weights, column(other));
    expect(driftCost(VALUES, SEQUENCE, model) - driftCost(other, SEQUENCE, model)).toBeCloseTo(expected, 4);
  });

  test('leaves the information about a source that generalised least squares leave', () => {
    const template = column(TEMPLATE);
    const expected = quadratic(template, weights, template) / quadratic(template, inverse(noise), template);
    const places = new Map(TEMPLATE.map((value, k) => [k, value] as const).filter(([, value]) => value > 0));
    expect(informationLeft(places, gains)).toBeCloseTo(expected, 4);
  });
});

describe('the likeliest drift', () => {
  const count = 3_000;
  const plain: DriftSequence = {
    steps: new Float64Array(count).fill(1),
    startsRow: Uint8Array.from({ length: count }, (_, k) => (k % 150 === 0 ? 1 : 0)),
    variance: new Float64Array(count).fill(1),
  };
  const noise = () => {
    const random = normalDeviates(seededRandom(7));
    return Float64Array.from({ length: count }, () => random());
  };

  test('of noise is none', () => {
    expect(likeliestDrift(noise(), plain, 3)).toEqual({ walk: 0, bend: 0, rowStep: 0 });
  });

  test('of a random walk is one of its strength', () => {
    const step = normalDeviates(seededRandom(8));
    let level = 0;
    const values = noise().map((value) => value + (level += 0.05 * step()));
    const { walk, bend } = likeliestDrift(values, plain, 3);
    expect(bend).toBe(0);
    expect(Math.sqrt(walk)).toBeGreaterThan(0.03);
    expect(Math.sqrt(walk)).toBeLessThan(0.08);
  });

  test('of steps between rows has their strength', () => {
    const step = normalDeviates(seededRandom(9));
    let level = 0;
    const values = noise().map((value, k) => value + (k % 150 === 0 ? (level += step()) : level));
    const { walk, bend, rowStep } = likeliestDrift(values, plain, 3);
    expect([walk, bend]).toEqual([0, 0]);
    expect(rowStep).toBeGreaterThan(0.2);
  });
});
