import { levenbergMarquardt } from 'ml-levenberg-marquardt';
import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/** A model of values with its derivatives. */
export interface Model {
  /** Fills `values`, and `derivatives` with one row for each parameter if given. */
  evaluate: (parameters: readonly number[], values: Float64Array, derivatives?: Float64Array) => void;
  values: Float64Array;
  /** Standard deviation of each value. */
  sigma: Float64Array;
  initial: readonly number[];
  lower: readonly number[];
  upper: readonly number[];
}

export interface LeastSquares {
  parameters: number[];
  /** The inverse of the Fisher matrix, row after row. */
  covariance: Float64Array;
  chiSquare: number;
}

/** Calls of the library, each with its own scale of the parameters. */
const MAX_CALLS = 12;
const STEPS = 8;
/** A call that lowers chi^2 by less than this ends the fit: its minimum moves by 0.01 sigma. */
const CONVERGED = 1e-4;

/**
 * Least squares by Levenberg and Marquardt (Marquardt 1963). The library damps all parameters by
 * the same number, never stops before its last step, inverts weights in the Hessian matrix, and
 * gives no covariance. Here the values are in units of their standard deviation, as are the
 * parameters, and calls follow until chi^2 is constant. Undefined if the values do not determine
 * the parameters.
 */
export function leastSquares(model: Model): LeastSquares | undefined {
  const count = model.values.length;
  const size = model.initial.length;
  if (count <= size) return undefined;
  const values = new Float64Array(count);
  const derivatives = new Float64Array(count * size);
  const x = Float64Array.from({ length: count }, (_, k) => k);
  const y = model.values.map((value, k) => value / (model.sigma[k] as number));
  let parameters = [...model.initial];
  let chiSquare = chiSquareOf(model, parameters, values);
  for (let call = 0; call < MAX_CALLS; call++) {
    model.evaluate(parameters, values, derivatives);
    const scale = scaleOf(derivatives, model.sigma, size);
    if (!scale) return undefined;
    const start = parameters;
    const unscaled = (scaled: readonly number[]) =>
      scaled.map((value, p) => (start[p] as number) + value * (scale[p] as number));
    const bound = (limits: readonly number[]) =>
      limits.map((limit, p) => (limit - (start[p] as number)) / (scale[p] as number));
    const partials = new Array<number>(size).fill(0);
    const result = levenbergMarquardt(
      { x, y },
      (scaled) => {
        model.evaluate(unscaled(scaled), values);
        return (k) => (values[k] as number) / (model.sigma[k] as number);
      },
      {
        initialValues: start.map(() => 0),
        minValues: bound(model.lower),
        maxValues: bound(model.upper),
        maxIterations: STEPS,
        errorTolerance: 0,
        jacobianFunction: (scaled) => {
          model.evaluate(unscaled(scaled), values, derivatives);
          return (k) => {
            for (let p = 0; p < size; p++)
              partials[p] =
                ((derivatives[p * count + k] as number) * (scale[p] as number)) / (model.sigma[k] as number);
            return partials;
          };
        },
      },
    );
    const gain = chiSquare - result.parameterError;
    if (gain > 0) {
      parameters = unscaled(result.parameterValues);
      chiSquare = result.parameterError;
    }
    if (!(gain > CONVERGED)) break;
  }
  model.evaluate(parameters, values, derivatives);
  const covariance = covarianceOf(derivatives, model.sigma, size);
  return covariance && { parameters, covariance, chiSquare };
}

function chiSquareOf({ values, sigma, evaluate }: Model, parameters: number[], into: Float64Array): number {
  evaluate(parameters, into);
  return values.reduce(
    (sum, value, k) => sum + ((value - (into[k] as number)) / (sigma[k] as number)) ** 2,
    0,
  );
}

/** 1 / sqrt of the diagonal of the Fisher matrix. */
function scaleOf(derivatives: Float64Array, sigma: Float64Array, size: number): number[] | undefined {
  const scale = Array.from({ length: size }, (_, p) => {
    let sum = 0;
    for (let k = 0; k < sigma.length; k++)
      sum += ((derivatives[p * sigma.length + k] as number) / (sigma[k] as number)) ** 2;
    return 1 / Math.sqrt(sum);
  });
  return scale.every(Number.isFinite) ? scale : undefined;
}

function covarianceOf(
  derivatives: Float64Array,
  sigma: Float64Array,
  size: number,
): Float64Array | undefined {
  const scale = scaleOf(derivatives, sigma, size);
  if (!scale) return undefined;
  const count = sigma.length;
  const fisher = Matrix.zeros(size, size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < count; k++)
        sum +=
          ((derivatives[i * count + k] as number) * (derivatives[j * count + k] as number)) /
          (sigma[k] as number) ** 2;
      const scaled = sum * (scale[i] as number) * (scale[j] as number);
      fisher.set(i, j, scaled).set(j, i, scaled);
    }
  const cholesky = new CholeskyDecomposition(fisher);
  if (!cholesky.isPositiveDefinite()) return undefined;
  const inverse = cholesky.solve(Matrix.eye(size));
  return Float64Array.from(
    { length: size * size },
    (_, at) =>
      inverse.get(Math.floor(at / size), at % size) *
      (scale[Math.floor(at / size)] as number) *
      (scale[at % size] as number),
  );
}
