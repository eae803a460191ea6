import { STATE, upperMedian, type Plane } from './plane.ts';

/** A normal standard deviation divided by the median distance from the median. */
export const SIGMA_TO_MAD = 1.4826;
const MAX_SAMPLES = 32_767;
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/** The standard deviation of the clean values, from the median distance from the median. */
export function robustSigma({ values }: Plane, states: Uint8Array): number {
  const samples = new Float32Array(Math.min(values.length, MAX_SAMPLES));
  let count = 0;
  for (let k = 0; k < samples.length; k++) {
    // Spreads the samples evenly over rows and over channels.
    const at = samples.length === values.length ? k : Math.floor(((k * GOLDEN_RATIO) % 1) * values.length);
    if (states[at] === STATE.clean) samples[count++] = values[at] as number;
  }
  const clean = samples.subarray(0, count);
  const median = upperMedian(clean);
  return SIGMA_TO_MAD * upperMedian(clean.map((value) => Math.abs(value - median)));
}
