/** The Legendre polynomials up to an order at x, -1 to 1 (Bonnet's recursion). */
function legendre(order: number, x: number, into: Float64Array): void {
  into[0] = 1;
  if (order > 0) into[1] = x;
  for (let n = 1; n < order; n++)
    into[n + 1] = ((2 * n + 1) * x * (into[n] as number) - n * (into[n - 1] as number)) / (n + 1);
}

/**
 * The coefficients of Legendre polynomials by weighted least squares, from the normal equations
 * and a Cholesky decomposition; undefined if the points do not determine them.
 */
export function fitLegendre(
  order: number,
  x: Float64Array,
  values: Float64Array,
  weights: Float64Array,
): Float64Array | undefined {
  const size = order + 1;
  const normal = new Float64Array(size * size);
  const right = new Float64Array(size);
  const basis = new Float64Array(size);
  for (let k = 0; k < x.length; k++) {
    const weight = weights[k] as number;
    if (weight === 0) continue;
    legendre(order, x[k] as number, basis);
    for (let i = 0; i < size; i++) {
      const scaled = weight * (basis[i] as number);
      right[i] = (right[i] as number) + scaled * (values[k] as number);
      for (let j = 0; j <= i; j++)
        normal[i * size + j] = (normal[i * size + j] as number) + scaled * (basis[j] as number);
    }
  }
  return solveInPlace(normal, right, size) ? right : undefined;
}

export function legendreSum(coefficients: Float64Array, x: number, basis: Float64Array): number {
  legendre(coefficients.length - 1, x, basis);
  let sum = 0;
  for (let n = 0; n < coefficients.length; n++) sum += (coefficients[n] as number) * (basis[n] as number);
  return sum;
}

/** `matrix`: the lower triangle; both arguments are overwritten. */
function solveInPlace(matrix: Float64Array, right: Float64Array, size: number): boolean {
  const at = (i: number, j: number) => matrix[i * size + j] as number;
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = at(i, j);
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      if (i !== j) matrix[i * size + j] = sum / at(j, j);
      else if (sum > 1e-9 * at(i, i)) matrix[i * size + i] = Math.sqrt(sum);
      else return false;
    }
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) right[i] = (right[i] as number) - at(i, k) * (right[k] as number);
    right[i] = (right[i] as number) / at(i, i);
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) right[i] = (right[i] as number) - at(k, i) * (right[k] as number);
    right[i] = (right[i] as number) / at(i, i);
  }
  return true;
}
