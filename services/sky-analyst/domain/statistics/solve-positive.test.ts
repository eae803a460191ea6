import { expect, test } from 'vitest';
import { solvePositive } from './solve-positive.ts';

test('the solution solves the equations', () => {
  const matrix = [4, 2, -1, 2, 5, 0.5, -1, 0.5, 3];
  const solution = Float64Array.of(1, -2, 3);
  expect(solvePositive(Float64Array.from(matrix), solution)).toBe(true);
  for (let row = 0; row < 3; row++) {
    const value = solution.reduce((sum, x, k) => sum + x * (matrix[3 * row + k] as number), 0);
    expect(value).toBeCloseTo([1, -2, 3][row] as number, 12);
  }
});

test('a singular matrix has no solution', () => {
  expect(solvePositive(Float64Array.of(1, 2, 2, 4), Float64Array.of(1, 2))).toBe(false);
});
