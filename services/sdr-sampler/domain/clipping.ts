/**
 * Assumed ends of the converter, LSB: 3 % below the real ones, because clipping limits a strong
 * carrier to about full scale.
 */
const END_LSB = 0.97 * 127.5;
const ANGLES = 64;

/**
 * Expected fraction of clipped I and Q values for a carrier of this amplitude with Gaussian noise
 * of this rms, both in LSB: the mean over the carrier's phase of P(|a cos t + n| > end).
 */
export function expectedClipping(carrierLsb: number, noiseRmsLsb: number): number {
  let sum = 0;
  for (let k = 0; k < ANGLES; k++) {
    const value = carrierLsb * Math.cos((Math.PI * (k + 0.5)) / ANGLES);
    sum += above(END_LSB - value, noiseRmsLsb) + above(END_LSB + value, noiseRmsLsb);
  }
  return sum / ANGLES;
}

/** P(n > limit) of Gaussian noise: erfc(x / sqrt 2) / 2 (Abramowitz and Stegun 7.1.26). */
function above(limit: number, rms: number): number {
  if (rms <= 0) return limit < 0 ? 1 : 0;
  const x = Math.abs(limit) / rms / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (series * Math.exp(-x * x)) / 2;
  return limit < 0 ? 1 - tail : tail;
}
