/** Terms of a continued fraction after which it is not needed anymore. */
const MAX_TERMS = 100_000;
const PRECISION = 1e-14;
const TINY = 1e-300;
/** With more transforms, the mean is normal to better than 0.001 sigma. */
const MAX_SHAPE = 1e9;

/**
 * The threshold in standard deviations above the mean which noise exceeds with the probability
 * `risk` in any of all trials. The mean of n independent transforms of noise is Gamma distributed
 * with shape n (Nita and Gary 2010, section 2), so that its upper tail is longer than that of a
 * normal distribution.
 * @param transforms Independent transforms in a value; Infinity: normal.
 */
export function detectionThreshold(trials: number, transforms: number, risk: number): number {
  const logTail = Math.log(-Math.expm1(Math.log1p(-risk) / trials));
  const shape = Math.min(transforms, MAX_SHAPE);
  let [low, high] = [0, 10];
  while (logGammaTail(shape, shape + high * Math.sqrt(shape)) > logTail) high *= 2;
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (logGammaTail(shape, shape + middle * Math.sqrt(shape)) > logTail) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * ln Q(a, x) for x > a: the continued fraction of the incomplete Gamma function (Abramowitz and
 * Stegun 6.5.31), evaluated by Lentz's method.
 */
function logGammaTail(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < MAX_TERMS; k++) {
    const numerator = -k * (k - a);
    b += 2;
    d = numerator * d + b;
    if (Math.abs(d) < TINY) d = TINY;
    c = b + numerator / c;
    if (Math.abs(c) < TINY) c = TINY;
    d = 1 / d;
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) < PRECISION) break;
  }
  return logPower(a, x) + Math.log(fraction);
}

/** ln(x^a e^-x / Gamma(a)), without the difference of large numbers; Stirling for Gamma. */
function logPower(a: number, x: number): number {
  if (a < 10) return logPower(a + 1, x) + Math.log(a / x);
  const stirling = 1 / (12 * a) - 1 / (360 * a ** 3) + 1 / (1260 * a ** 5);
  const relative = (x - a) / a;
  return a * (Math.log1p(relative) - relative) + 0.5 * Math.log(a / (2 * Math.PI)) - stirling;
}
