/** A symmetric matrix by rows. */
export type Matrix = readonly (readonly number[])[];

/** Eigenvalues in ascending order, and the eigenvector of each. */
export interface Eigen {
  values: number[];
  vectors: number[][];
}

const MAX_SWEEPS = 60;

/** Eigenvalues of a small symmetric matrix by Jacobi rotations (Golub and Van Loan, 8.5). */
export function eigenOf(matrix: Matrix): Eigen {
  const n = matrix.length;
  const a = matrix.map((row) => Float64Array.from(row));
  const v = a.map((_, i) => Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotated = rotate(a, v, p, q) || rotated;
    if (!rotated) break;
  }
  const order = a.map((row, i) => ({ value: row[i] as number, i })).sort((x, y) => x.value - y.value);
  return {
    values: order.map(({ value }) => value),
    vectors: order.map(({ i }) => v.map((row) => row[i] as number)),
  };
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

/** Makes an element zero; false if it already is, relative to its diagonal. */
function rotate(a: Float64Array[], v: Float64Array[], p: number, q: number): boolean {
  const [rowP, rowQ] = [a[p] as Float64Array, a[q] as Float64Array];
  const [pp, qq, pq] = [rowP[p] as number, rowQ[q] as number, rowP[q] as number];
  if (pq === 0 || Math.abs(pq) <= 1e-17 * Math.sqrt(Math.abs(pp * qq))) return false;
  const theta = (qq - pp) / (2 * pq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (const row of [...a, ...v]) {
    const [x, y] = [row[p] as number, row[q] as number];
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [rowP[k] as number, rowQ[k] as number];
    rowP[k] = c * x - s * y;
    rowQ[k] = s * x + c * y;
  }
  return true;
}
