/**
 * Solves A x = b for a positive definite matrix by Cholesky's method. Replaces `right` by x and
 * the lower triangle of the matrix. False: the matrix is singular.
 * @param matrix By rows.
 * @param singular A pivot below this part of its diagonal element makes the matrix singular.
 */
export function solvePositive(matrix: Float64Array, right: Float64Array, singular = 1e-14): boolean {
  const size = right.length;
  for (let i = 0; i < size; i++) {
    const row = i * size;
    let value = right[i] as number;
    for (let j = 0; j <= i; j++) {
      const other = j * size;
      let sum = matrix[row + j] as number;
      for (let k = 0; k < j; k++) sum -= (matrix[row + k] as number) * (matrix[other + k] as number);
      if (j < i) {
        const factor = sum / (matrix[other + j] as number);
        matrix[row + j] = factor;
        value -= factor * (right[j] as number);
      } else if (sum > singular * (matrix[row + i] as number)) matrix[row + i] = Math.sqrt(sum);
      else return false;
    }
    right[i] = value / (matrix[row + i] as number);
  }
  for (let i = size - 1; i >= 0; i--) {
    let value = right[i] as number;
    for (let k = i + 1; k < size; k++) value -= (matrix[k * size + i] as number) * (right[k] as number);
    right[i] = value / (matrix[i * size + i] as number);
  }
  return true;
}
