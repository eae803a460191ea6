import { describe, expect, test } from 'vitest';
import { degToRad } from '#shared/sky/units';
import { seededRandom } from '../../../../test/support/samples.ts';
import { circleGrid, normalDeviates, rectangleGrid } from '../../../../test/support/synthetic-sky.ts';
import { robustScatter } from './robust.ts';
import { angleBetween, vectorAt, vectorsOf } from './sphere.ts';
import { binsOf, binsOfDenseMap, extremesIn, meansIn } from './thinning.ts';

const BEAM = degToRad(6);
const WIDTH = degToRad(1.5);

/** Evenly spread over the sphere. */
function randomVectors(count: number): Float64Array {
  const random = seededRandom(7);
  const azimuthDeg = Float64Array.from({ length: count }, () => 360 * random());
  const elevationDeg = Float64Array.from(
    { length: count },
    () => (Math.asin(2 * random() - 1) * 180) / Math.PI,
  );
  return vectorsOf(azimuthDeg, elevationDeg);
}

const gridVectors = (points: readonly { azimuthDeg: number; elevationDeg: number }[]) =>
  vectorsOf(
    points.map(({ azimuthDeg }) => azimuthDeg),
    points.map(({ elevationDeg }) => elevationDeg),
  );

describe('bins', () => {
  const vectors = randomVectors(100_000);
  const bins = binsOf(vectors, WIDTH);

  test('have every point once, near the mean of its bin', () => {
    expect([...bins.members].sort((a, b) => a - b)).toEqual(Array.from(bins.binOf, (_, point) => point));
    let [largest, strangers] = [0, 0];
    for (let bin = 0; bin < bins.counts.length; bin++) {
      const members = bins.members.subarray(bins.starts[bin], bins.starts[bin + 1]);
      if (members.length !== bins.counts[bin]) strangers++;
      for (const point of members) {
        if (bins.binOf[point] !== bin) strangers++;
        const distance = angleBetween(vectorAt(vectors, point), vectorAt(bins.vectors, bin));
        largest = Math.max(largest, distance);
      }
    }
    expect(strangers).toBe(0);
    // The diagonal of a bin.
    expect(largest).toBeLessThan(1.5 * WIDTH);
  });

  test('are not more than the area has, however many points there are', () => {
    expect(bins.counts.length).toBeLessThan((1.05 * 4 * Math.PI) / WIDTH ** 2);
  });

  test('have the mean position and the mean level of their points: those of a slope agree', () => {
    // A linear function of the direction.
    const slope = (of: Float64Array, k: number) => vectorAt(of, k)[0] + 2 * vectorAt(of, k)[2];
    const level = Float64Array.from(bins.binOf, (_, point) => slope(vectors, point));
    const errors = meansIn(bins, level).map((mean, bin) => Math.abs(mean - slope(bins.vectors, bin)));
    // Chords are shorter than arcs.
    expect(Math.max(...errors)).toBeLessThan(WIDTH ** 2);
  });

  test('have noise that falls with the square root of their points', () => {
    const deviate = normalDeviates(seededRandom(3));
    const noise = meansIn(
      bins,
      Float64Array.from(bins.binOf, () => deviate()),
    );
    const scaled = noise.map((value, bin) => value * Math.sqrt(bins.counts[bin] as number));
    expect(Math.abs(robustScatter(scaled) - 1)).toBeLessThan(0.03);
  });

  test('know the first and the last time of their points', () => {
    const times = Float64Array.from(bins.binOf, (_, point) => point);
    const [first, last] = [extremesIn(bins, times, 1), extremesIn(bins, times, -1)];
    for (let bin = 0; bin < bins.counts.length; bin += 100) {
      const members = bins.members.subarray(bins.starts[bin], bins.starts[bin + 1]);
      expect([first[bin], last[bin]]).toEqual([Math.min(...members), Math.max(...members)]);
    }
  });
});

test.each([
  ['the published grid', circleGrid(180, 24, 2, 3.5)],
  ['a grid up to the zenith', circleGrid(120, 31, 0, 3)],
  ['steps of a sixth of the beam', rectangleGrid({ azimuthDeg: 0, elevationDeg: 25 }, 100, 50, 1)],
])('points are not averaged: %s', (_, points) => {
  expect(binsOfDenseMap(gridVectors(points), BEAM)).toBeUndefined();
});

test('points at one place are one bin, beside a grid that stays as it is', () => {
  const grid = rectangleGrid({ azimuthDeg: 0, elevationDeg: 25 }, 40, 20, 2);
  const stuck = new Array(20_000).fill({ azimuthDeg: 10.2, elevationDeg: 21.3 }) as typeof grid;
  const bins = binsOfDenseMap(gridVectors([...grid, ...stuck]), BEAM);
  expect(bins?.counts).toHaveLength(grid.length + 1);
  expect(bins?.counts.at(-1)).toBe(20_000);
});
