/** 95 % of all values with two degrees of freedom are below this: -2 ln 0.05. */
export const CHI_SQUARE_95_OF_2 = 5.991464547;

/**
 * The probability that chi square with some degrees of freedom exceeds a value. Exact: the
 * finite sums of Abramowitz and Stegun 26.4.4 and 26.4.5.
 */
export function chanceAbove(chiSquare: number, degrees: number): number {
  if (degrees === 0) return 1;
  const half = chiSquare / 2;
  const odd = degrees % 2 === 1;
  // Even: e^-h (1 + h + h^2/2! + ...); odd: erfc(sqrt h) + e^-h (h^0.5/0.5! + h^1.5/1.5! + ...).
  let term = odd ? 2 * Math.sqrt(half / Math.PI) : 1;
  let sum = odd ? 0 : 1;
  if (odd && degrees > 1) sum = term;
  for (let k = odd ? 1.5 : 1; k <= degrees / 2 - 1; k++) {
    term *= half / k;
    sum += term;
  }
  return (odd ? erfc(Math.sqrt(half)) : 0) + Math.exp(-half) * sum;
}

/** Relative error below 1.2e-7 (Press et al., Numerical Recipes, 6.2: Chebyshev fit). */
function erfc(x: number): number {
  const t = 1 / (1 + x / 2);
  const coefficients = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196,
    1.00002368, -1.26551223,
  ];
  return t * Math.exp(-x * x + coefficients.reduce((sum, c) => sum * t + c, 0));
}
