import { medianOf } from '#shared/spectrum/median';
import { SIGMA_TO_MAD } from '../robust-sigma.ts';

/** Beyond this many standard deviations a value is ignored, which lowers the scatter. */
const CLIP = 3;
const CLIPPED_SIGMA = 0.98658;

/**
 * The standard deviation of the bulk of the values: that of the values within 3 standard
 * deviations of the median, corrected for what is cut off. Its error is two thirds of that of the
 * median absolute deviation, with which it starts.
 */
export function robustScatter(values: Float64Array): number {
  const median = medianOf(values.slice());
  let sigma = SIGMA_TO_MAD * medianOf(values.map((value) => Math.abs(value - median)));
  for (let round = 0; round < 5; round++) {
    let [count, sum] = [0, 0];
    for (const value of values) {
      if (Math.abs(value - median) > CLIP * sigma) continue;
      count++;
      sum += (value - median) ** 2;
    }
    if (count > 0) sigma = Math.sqrt(sum / count) / CLIPPED_SIGMA;
  }
  return sigma;
}

/** A value of up to this many standard errors is mostly noise. */
const SIGNIFICANT = 1.5;

/**
 * What is left of a measured value without what noise alone may cause, because using it would add
 * noise: b (1 - (1.5 s / b)^2), or 0 (the positive-part estimator of James and Stein 1961, in one
 * dimension).
 */
export function beyondNoise(value: number, error: number): number {
  return value === 0 ? 0 : value * Math.max(0, 1 - (SIGNIFICANT * error) ** 2 / value ** 2);
}
