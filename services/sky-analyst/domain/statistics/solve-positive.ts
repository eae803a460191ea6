import type { Matrix } from './symmetric.ts';

/** Solves A x = b for a positive definite matrix by Cholesky's method; undefined if it is singular. */
export function solvePositive(matrix: Matrix, right: readonly number[]): number[] | undefined {
  const size = right.length;
  const at = (rows: readonly (readonly number[])[], i: number, j: number) => rows[i]?.[j] as number;
  const lower: number[][] = [];
  const solution: number[] = [];
  for (let i = 0; i < size; i++) {
    const row: number[] = [];
    lower.push(row);
    for (let j = 0; j <= i; j++) {
      let sum = at(matrix, i, j);
      for (let k = 0; k < j; k++) sum -= (row[k] as number) * at(lower, j, k);
      if (i > j) row.push(sum / at(lower, j, j));
      else if (sum > 1e-14 * at(matrix, i, i)) row.push(Math.sqrt(sum));
      else return undefined;
    }
    let value = right[i] as number;
    for (let k = 0; k < i; k++) value -= (row[k] as number) * (solution[k] as number);
    solution.push(value / (row[i] as number));
  }
  for (let i = size - 1; i >= 0; i--) {
    let value = solution[i] as number;
    for (let k = i + 1; k < size; k++) value -= at(lower, k, i) * (solution[k] as number);
    solution[i] = value / at(lower, i, i);
  }
  return solution;
}
