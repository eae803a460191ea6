import { expect, test } from 'vitest';
import { solvePositive } from './solve-positive.ts';
import { times } from './symmetric.ts';

const MATRIX = [
  [4, 2, -1],
  [2, 5, 0.5],
  [-1, 0.5, 3],
];

test('the solution solves the equations', () => {
  const solution = solvePositive(MATRIX, [1, -2, 3]) as number[];
  times(MATRIX, solution).forEach((value, k) => expect(value).toBeCloseTo([1, -2, 3][k] as number, 12));
});

test('a singular matrix has no solution', () => {
  const singular = [
    [1, 2],
    [2, 4],
  ];
  expect(solvePositive(singular, [1, 2])).toBeUndefined();
});
