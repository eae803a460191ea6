import { EigenvalueDecomposition } from 'ml-matrix';

/** A symmetric matrix by rows. */
export type Matrix = readonly (readonly number[])[];

/** Eigenvalues in ascending order, and the eigenvector of each. */
export interface Eigen {
  values: number[];
  vectors: number[][];
}

/** Eigenvalues of a small symmetric matrix. */
export function eigenOf(matrix: Matrix): Eigen {
  const rows = matrix.map((row) => [...row]);
  const { realEigenvalues: values, eigenvectorMatrix } = new EigenvalueDecomposition(rows, {
    assumeSymmetric: true,
  });
  return { values, vectors: eigenvectorMatrix.transpose().to2DArray() };
}

/** The inverse of a positive definite matrix; undefined if it is singular to rounding. */
export function inverseOf(matrix: Matrix): number[][] | undefined {
  // Of the matrix scaled to a diagonal of ones, so that units do not matter.
  const scales = matrix.map((row, i) => Math.sqrt(row[i] as number));
  if (scales.some((scale) => !(scale > 0 && Number.isFinite(scale)))) return undefined;
  const scale = (i: number) => scales[i] as number;
  const scaled = matrix.map((row, i) => row.map((value, j) => value / (scale(i) * scale(j))));
  const { values, vectors } = eigenOf(scaled);
  if (!((values[0] ?? 0) > 1e-14)) return undefined;
  return matrix.map((row, i) =>
    row.map((_, j) => {
      const sum = vectors.reduce(
        (total, vector, k) => total + ((vector[i] as number) * (vector[j] as number)) / (values[k] as number),
        0,
      );
      return sum / (scale(i) * scale(j));
    }),
  );
}

export function times(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => row.reduce((sum, value, k) => sum + value * (vector[k] as number), 0));
}
