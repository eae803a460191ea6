// The mean of k independent transforms of noise is Gamma distributed. Its cube root is nearly
// normal, with mean 1 - 1/(9k) and variance 1/(9k) (Wilson and Hilferty 1931), relative to the true
// mean.

/** The normal quantile of 20 %, and its density there divided by 20 %. */
const QUANTILE = -0.841621;
const DENSITY = 1.39981;

/** Median divided by mean of averages of k transforms: (1 - 1/(9k))^3. */
export function medianToMean(k: number): number {
  return (1 - 1 / (9 * k)) ** 3;
}

/**
 * Mean of the lowest 20 % divided by the mean of all averages of k transforms: the third moment of
 * a normal distribution cut off at its 20 % quantile. Within 0.1 % for k >= 10.
 */
export function lowestFifthToMean(k: number): number {
  const mean = 1 - 1 / (9 * k);
  const sigma = 1 / (3 * Math.sqrt(k));
  const first = -DENSITY;
  const second = 1 - QUANTILE * DENSITY;
  const third = -(2 + QUANTILE ** 2) * DENSITY;
  return mean ** 3 + 3 * mean ** 2 * sigma * first + 3 * mean * sigma ** 2 * second + sigma ** 3 * third;
}
