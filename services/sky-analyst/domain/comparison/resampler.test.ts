import { describe, expect, test } from 'vitest';
import { degToRad } from '#shared/sky/units';
import { gaussianGain } from '../finder/beam.ts';
import { angleBetween, vectorAt, vectorOf, vectorsOf, type Vector } from '../finder/sphere.ts';
import { createResampler } from './resampler.ts';

const BEAM = degToRad(6);

/** A grid with steps of 2 degrees on the sky in both directions, shifted by a part of the beam. */
function gridAround(azimuthDeg: number, elevationDeg: number, shift = 0, step = 2): Float64Array {
  const columns: [number[], number[]] = [[], []];
  for (let row = -8; row <= 8; row++)
    for (let column = -8; column <= 8; column++) {
      const elevation = elevationDeg + step * row + 6 * shift;
      if (elevation > 90) continue;
      const scale = Math.max(0.05, Math.cos(degToRad(elevation)));
      columns[0].push(azimuthDeg + (step * column + 6 * shift) / scale);
      columns[1].push(elevation);
    }
  return vectorsOf(columns[0], columns[1]);
}

function levelsOf(vectors: Float64Array, source: Vector, amplitude: number): Float64Array {
  return Float64Array.from({ length: vectors.length / 3 }, (_, k) => {
    const gain = gaussianGain(angleBetween(vectorAt(vectors, k), source), BEAM);
    return 10 * Math.log10(1 + amplitude * gain);
  });
}

/** The largest error within 1.5 beams of the source, of the cells that have a level. */
function errorOf(got: Float64Array, want: Float64Array, vectors: Float64Array, source: Vector): number {
  let [worst, count] = [0, 0];
  got.forEach((level, k) => {
    if (angleBetween(vectorAt(vectors, k), source) > 1.5 * BEAM || Number.isNaN(level)) return;
    count++;
    worst = Math.max(worst, Math.abs(level - (want[k] as number)));
  });
  expect(count).toBeGreaterThan(8);
  return worst;
}

test('the same grid has the same levels', () => {
  const grid = gridAround(0, 40);
  const levels = levelsOf(grid, vectorOf(0.7, 40.4), 10);
  expect([...createResampler(grid, grid, BEAM).apply(levels)]).toEqual([...levels]);
});

describe.each([
  ['across north', 0, 40],
  ['near the zenith', 20, 86],
  ['at the horizon', 200, 5],
])('%s', (_, azimuthDeg, elevationDeg) => {
  test.each([0.05, 0.1, 0.17])('levels move by %d of the beam in both axes', (shift) => {
    const [from, to] = [gridAround(azimuthDeg, elevationDeg, shift), gridAround(azimuthDeg, elevationDeg)];
    const source = vectorOf(azimuthDeg + 0.3, elevationDeg + 0.5);
    for (const [amplitude, limitDb] of [
      [2, 0.04],
      [30, 0.15],
    ] as const) {
      const want = levelsOf(to, source, amplitude);
      const moved = createResampler(from, to, BEAM).apply(levelsOf(from, source, amplitude));
      expect(errorOf(moved, want, to, source)).toBeLessThan(limitDb);
    }
  });
});

test('points farther than a quarter of the beam give no level', () => {
  const resampler = createResampler(vectorsOf([10], [45]), vectorsOf([10, 10, 10], [46.4, 46.6, 45]), BEAM);
  expect([...resampler.apply(Float64Array.of(3))]).toEqual([3, NaN, 3]);
  expect([...resampler.nearest]).toEqual([0, -1, 0]);
});

test('dense points are averaged in their cell, without a shift of the source', () => {
  const [from, to] = [gridAround(0, 40, 0, 0.5), gridAround(0, 40, 0, 2)];
  const source = vectorOf(1, 40.3);
  const noise = levelsOf(from, source, 3).map((level, k) => level + 0.1 * Math.sin(1.7 * k * k));
  const inside = vectorsOf([0, 1], [40, 42]);
  const want = levelsOf(inside, source, 3);
  const got = createResampler(from, to, BEAM).apply(noise);
  const cell = got[8 * 17 + 8] as number;
  expect(Math.abs(cell - (want[0] as number))).toBeLessThan(0.06);
});

test('a point without a level is replaced by its neighbours within reach', () => {
  const grid = gridAround(350, 30);
  const shifted = gridAround(350, 30, 0.1);
  const levels = levelsOf(shifted, vectorOf(351, 31), 3);
  const resampler = createResampler(shifted, grid, BEAM);
  const whole = resampler.apply(levels);
  const nearest = resampler.nearest[8 * 17 + 8] as number;
  levels[nearest] = NaN;
  const without = resampler.apply(levels);
  // The next point is farther than a quarter of the beam.
  expect(without[8 * 17 + 8]).toBeNaN();
  expect(Math.abs((without[8 * 17 + 9] as number) - (whole[8 * 17 + 9] as number))).toBeLessThan(0.1);
});

test('a single row moves along itself', () => {
  const row = (shift: number) =>
    vectorsOf(
      Array.from({ length: 40 }, (_, k) => 2 * k + shift),
      new Array<number>(40).fill(10),
    );
  const source = vectorOf(40.5, 10);
  const moved = createResampler(row(0.9), row(0), BEAM).apply(levelsOf(row(0.9), source, 2));
  expect(errorOf(moved, levelsOf(row(0), source, 2), row(0), source)).toBeLessThan(0.1);
});
