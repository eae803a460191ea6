import { expect, test } from 'vitest';
import { degToRad } from '#shared/sky/units';
import { seededRandom } from '../../../../test/support/samples.ts';
import { createNeighbours, typicalSpacingDeg } from './neighbours.ts';
import { angleBetween, vectorAt, vectorOf, vectorsOf } from './sphere.ts';

const random = seededRandom(5);
const azimuths = Float64Array.from({ length: 3_000 }, () => 720 * random() - 180);
const elevations = Float64Array.from({ length: 3_000 }, () => 100 * random() - 5);
const vectors = vectorsOf(azimuths, elevations);
const neighbours = createNeighbours(vectors, degToRad(3));

test.each([
  ['in the middle', 200, 40],
  ['at north', 359.9, 20],
  ['just east of north', 0.5, 5],
  ['at the south, where the azimuth of vectors wraps', 180, 30],
  ['at the zenith', 77, 90],
  ['near the zenith', 77, 86],
  ['beyond the zenith', 77, 93],
  ['below all points', 10, -30],
])('finds the points that a search through all finds, %s', (_, azimuthDeg, elevationDeg) => {
  const direction = vectorOf(azimuthDeg, elevationDeg);
  for (const radius of [3, 12, 60, 170].map(degToRad)) {
    const expected = azimuths.reduce<number[]>((found, __, k) => {
      if (angleBetween(direction, vectorAt(vectors, k)) <= radius) found.push(k);
      return found;
    }, []);
    const count = neighbours.near(direction, radius);
    expect([...neighbours.index.subarray(0, count)].sort((a, b) => a - b)).toEqual(expected);
  }
});

test('the spacing of a grid is its step', () => {
  const grid = Array.from({ length: 400 }, (_, k) => [2 * (k % 20), 2 * Math.floor(k / 20)] as const);
  const of = vectorsOf(
    grid.map(([azimuthDeg]) => azimuthDeg),
    grid.map(([, elevationDeg]) => elevationDeg),
  );
  // Near the horizon; the rows converge above it.
  expect(typicalSpacingDeg(of, createNeighbours(of, 0.1))).toBeGreaterThan(1.5);
  expect(typicalSpacingDeg(of, createNeighbours(of, 0.1))).toBeLessThanOrEqual(2.0001);
});
