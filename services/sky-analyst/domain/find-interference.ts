import { createHighPass } from './high-pass.ts';
import { STATE, type Plane } from './plane.ts';
import { extendFlags } from './rank-operator.ts';
import { robustSigma } from './robust-sigma.ts';
import { sumThreshold } from './sum-threshold.ts';

/** Of the passes. Each one finds the background without what the one before has flagged. */
const THRESHOLD_FACTORS = [4, 2, 1];

/**
 * Flags interference in the power of consecutive points: SumThreshold in three passes, then the
 * rank operator. Returns the bandpass: the level of each channel relative to the others, in units
 * of power.
 * @param power Linear. Works with its logarithm: a change of gain and a broadband source then add
 * a constant to a row, the bandpass adds a constant to a channel, and noise has the same scatter
 * at each level.
 * @param states Unusable values, and what is flagged for other reasons; flags are added.
 * @param independentTransforms In each point; NaN if unknown.
 */
export function findInterference(
  power: Plane,
  states: Uint8Array,
  independentTransforms: Float64Array,
): Float64Array {
  const initial = states.slice();
  const withoutFlags = states.map((state) => (state === STATE.flagged ? STATE.clean : state));
  const levels = { ...power, values: new Float32Array(power.values.length) };
  for (let at = 0; at < levels.values.length; at++) levels.values[at] = Math.log(power.values[at] as number);
  const highPass = createHighPass(levels, states);
  THRESHOLD_FACTORS.forEach((factor, pass) => {
    const residual = highPass.filter(states);
    standardise(residual, independentTransforms, pass === 0);
    const sigma = robustSigma(residual, states);
    // Each pass starts without flags: a better background may not confirm those of the last one.
    states.set(withoutFlags);
    sumThreshold(residual, states, sigma, factor);
    for (let at = 0; at < states.length; at++) states[at] = (states[at] as number) | (initial[at] as number);
  });
  extendFlags(states, power.rows, power.channels);
  return highPass.bandpass().map((level) => Math.exp(level));
}

/**
 * Replaces levels above the background, natural logarithms, by deviations of the cube root of
 * power. These are nearly normal (Wilson and Hilferty 1931), so that the share of false alarms
 * does not depend on the number of transforms, and have the standard deviation 1 if this number is
 * known.
 */
function standardise(
  { rows, channels, values }: Plane,
  independentTransforms: Float64Array,
  isMedian: boolean,
): void {
  for (let row = 0, at = 0; row < rows; row++) {
    const independent = independentTransforms[row] as number;
    const isUnknown = Number.isNaN(independent);
    const scale = isUnknown ? 1 : Math.sqrt(independent);
    // The mean logarithm is lower than the mean cube root, by 1/(6m) of the power.
    const offset = isUnknown || isMedian ? 0 : 1 / (6 * scale);
    for (let k = 0; k < channels; k++, at++)
      values[at] = 3 * (Math.exp((values[at] as number) / 3) - 1) * scale - offset;
  }
}
