import { robustDeviation } from './statistics.ts';

export interface Fit {
  parameters: number[];
  /** Standard errors of the parameters; very large for one that the data do not determine. */
  errors: number[];
  /** Robust sum of squares, to compare fits of the same data. */
  cost: number;
}

const ITERATIONS = 40;
const SMALL_STEP = 1e-7;
const MAX_DAMPING = 1e9;
// Residuals beyond this many deviations count linearly (Huber), which limits outliers.
const HUBER = 1.5;

/**
 * Least squares by the Levenberg-Marquardt method with Huber weights. `residuals`: one per datum,
 * for given parameters. `floor`: the resolution of the data, in the unit of the residuals.
 */
export function fitLeastSquares(
  residuals: (parameters: readonly number[]) => number[],
  start: readonly number[],
  floor: number,
): Fit {
  let parameters = [...start];
  let damping = 1e-2;
  let current = residuals(parameters);
  let scale = scaleOf(current, floor);
  let equations = normalEquations(residuals, parameters, current, scale);
  for (let i = 0; i < ITERATIONS && damping <= MAX_DAMPING; i++) {
    const step = solve(damped(equations.matrix, damping), equations.gradient);
    const next = parameters.map((value, k) => value - (step[k] ?? 0));
    const nextResiduals = residuals(next);
    const isBetter = costOf(nextResiduals, scale) < costOf(current, scale);
    if (isBetter) {
      parameters = next;
      current = nextResiduals;
      scale = scaleOf(current, floor);
      equations = normalEquations(residuals, parameters, current, scale);
    }
    if (step.every((change) => Math.abs(change) < SMALL_STEP)) break;
    damping = isBetter ? Math.max(1e-9, damping / 5) : damping * 4;
  }
  const { matrix } = equations;
  const errors = parameters.map((_, k) => {
    const column = solve(
      damped(matrix, 1e-12),
      parameters.map((__, row) => (row === k ? 1 : 0)),
    );
    return scale * Math.sqrt(Math.max(0, column[k] ?? Infinity));
  });
  return { parameters, errors, cost: costOf(current, Math.max(floor, 1e-9)) };
}

function scaleOf(residuals: readonly number[], floor: number): number {
  return Math.max(floor, robustDeviation(residuals, 0), 1e-9);
}

function costOf(residuals: readonly number[], scale: number): number {
  return residuals.reduce((sum, residual) => {
    const size = Math.abs(residual) / scale;
    return sum + (size <= HUBER ? size ** 2 : 2 * HUBER * size - HUBER ** 2);
  }, 0);
}

function normalEquations(
  residuals: (parameters: readonly number[]) => number[],
  parameters: readonly number[],
  current: readonly number[],
  scale: number,
): { matrix: number[][]; gradient: number[] } {
  const slopes = parameters.map((value, k) => {
    const width = 1e-5 * Math.max(1, Math.abs(value));
    const moved = (by: number) => residuals(parameters.map((other, j) => (j === k ? other + by : other)));
    const above = moved(width);
    const below = moved(-width);
    return above.map((residual, i) => (residual - (below[i] ?? 0)) / (2 * width));
  });
  const weights = current.map((residual) =>
    Math.min(1, (HUBER * scale) / Math.max(1e-12, Math.abs(residual))),
  );
  const product = (a: readonly number[], b: readonly number[]) =>
    weights.reduce((sum, weight, i) => sum + weight * (a[i] ?? 0) * (b[i] ?? 0), 0);
  return {
    matrix: slopes.map((row) => slopes.map((column) => product(row, column))),
    gradient: slopes.map((row) => product(row, current)),
  };
}

/** A parameter without influence does not make the system singular. */
function damped(matrix: number[][], damping: number): number[][] {
  const largest = Math.max(...matrix.map((row, k) => row[k] ?? 0), 1e-9);
  return matrix.map((row, k) =>
    row.map((value, j) => (j === k ? value * (1 + damping) + 1e-12 * largest : value)),
  );
}

/** Gaussian elimination with pivoting; the system is small. */
function solve(matrix: number[][], right: readonly number[]): number[] {
  const rows = matrix.map((row, k) => [...row, right[k] ?? 0]);
  const size = rows.length;
  for (let k = 0; k < size; k++) {
    const best = rows.slice(k).reduce((a, b) => (Math.abs(b[k] ?? 0) > Math.abs(a[k] ?? 0) ? b : a));
    rows.splice(rows.indexOf(best), 1);
    rows.splice(k, 0, best);
    for (const row of rows) {
      if (row === best) continue;
      const factor = (row[k] ?? 0) / (best[k] ?? 1);
      for (let j = k; j <= size; j++) row[j] = (row[j] ?? 0) - factor * (best[j] ?? 0);
    }
  }
  return rows.map((row, k) => (row[size] ?? 0) / (row[k] ?? 1));
}
