import { expect, test } from 'vitest';
import { createNeighbours } from '../finder/neighbours.ts';
import { vectorOf } from '../finder/sphere.ts';
import { fitLocally, type PatternPoints } from './local-fit.ts';
import { createSmoother } from './smoother.ts';

const STEP_DEG = 2;
const REACH = { radius: (12 * Math.PI) / 180, most: Infinity };
const AHEAD = vectorOf(0, 0);

/** Points around the direction ahead, with the power of a function of right and up, degrees. */
function pointsWith(powerAt: (x: number, y: number) => number): PatternPoints {
  const places = Array.from({ length: 31 * 31 }, (_, k) => [
    ((k % 31) - 15) * STEP_DEG,
    (Math.floor(k / 31) - 15) * STEP_DEG,
  ]);
  const vectors = Float64Array.from(places.flatMap(([x = 0, y = 0]) => vectorOf(x, y)));
  const power = Float64Array.from(places, ([x = 0, y = 0]) => powerAt(x, y));
  return { vectors, power, level: power, total: power, neighbours: createNeighbours(vectors, Math.PI / 90) };
}

function smootherOf(points: PatternPoints) {
  return createSmoother(points, (direction) => fitLocally(points, direction, REACH));
}

const lobe = (width: number) => (x: number, y: number) =>
  0.1 + Math.exp((-4 * Math.LN2 * (x * x + y * y)) / width ** 2);

test.each([7, 8, 10, 12])(
  'of a lobe of %d deg, a second fit finds most of what the first one loses',
  (width) => {
    const points = pointsWith(lobe(width));
    const [once, twice] = [fitLocally(points, AHEAD, REACH), smootherOf(points)(AHEAD)];
    const lost = Math.abs((once?.value ?? NaN) - 1.1);
    expect(lost).toBeGreaterThan(1e-6);
    expect(Math.abs((twice?.value ?? NaN) - 1.1)).toBeLessThan(0.6 * lost);
  },
);

test('a value is the sum of the power of each point times its weight, and weights sum up to 1', () => {
  const points = pointsWith(lobe(15));
  const smoother = smootherOf(points);
  for (const direction of [AHEAD, vectorOf(3, 5), vectorOf(28, -20)]) {
    const found = smoother(direction);
    expect(new Set(found?.index).size).toBe(found?.index.length);
    const sum = (of: (k: number) => number) =>
      found?.weights.reduce((total, weight, n) => total + weight * of(found.index[n] ?? NaN), 0);
    expect(sum((k) => points.power[k] ?? NaN)).toBeCloseTo(found?.value ?? NaN, 9);
    expect(sum(() => 1)).toBeCloseTo(1, 9);
  }
});

test('where points are denser, a limit of their number makes the radius smaller', () => {
  const points = pointsWith(lobe(15));
  const all = fitLocally(points, AHEAD, REACH);
  const few = fitLocally(points, AHEAD, { ...REACH, most: 60 });
  expect(all?.index.length).toBeGreaterThan(100);
  expect(few?.index.length).toBeLessThan(75);
  expect(few?.index.length).toBeGreaterThan(45);
});
