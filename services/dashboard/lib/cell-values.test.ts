import { expect, test } from 'vitest';
import type { Block } from './columnar.ts';
import { mapOfCells, valuesOf } from './cell-values.ts';

const BOUNDS = {
  kind: 'rectangular',
  azStartDeg: 350,
  azEndDeg: 10,
  elStartDeg: 0,
  elEndDeg: 10,
  stepDeg: 10,
} as const;

const block = (cells: [azimuth: number, elevation: number, z: number][]): Block => ({
  rows: cells.length,
  columns: new Map(
    ['azimuth', 'elevation', 'z'].map((name, n) => [
      name,
      Float64Array.from(cells, (cell) => cell[n] ?? NaN),
    ]),
  ),
  flags: [],
});

test('cells are found by their directions, through north', () => {
  const blocks = [
    block([
      [350, 0, 1],
      [360, 0, 2],
      [10, 0, NaN],
    ]),
    block([
      [0, 10, 3],
      [90, 10, 9],
    ]),
  ];
  const map = mapOfCells(BOUNDS, blocks, valuesOf(blocks, 'z'));
  expect([...map.levels]).toEqual([1, 2, NaN, NaN, 3, NaN]);
  expect(map.measured).toBe(3);
});
