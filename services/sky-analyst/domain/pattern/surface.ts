import type { Vector } from '../finder/sphere.ts';
import type { GreatCircle } from './great-circle.ts';
import type { Smoothed, Smoother } from './smoother.ts';

/** How a figure changes with the power of each point: its sigma follows from theirs. */
export interface Sensitivity {
  /** Adds `factor` times the derivative by each point to a column. */
  addTo(column: Float64Array, factor: number): void;
}

/** The pattern at a direction. */
export interface PatternValue extends Sensitivity {
  value: number;
  /** Standard deviation of the value. */
  sigma: number;
}

/** A pattern as a function of direction. */
export interface PatternSurface {
  /** Undefined: not measured. */
  at(direction: Vector): PatternValue | undefined;
  /**
   * Derivative along a great circle at an angle, per radian; of the surface itself, because
   * extremes are found in it.
   */
  slope(circle: GreatCircle, angle: number): ({ value: number } & Sensitivity) | undefined;
  /** The standard deviation of a figure with these derivatives. */
  sigmaOf(derivatives: Float64Array): number;
  /** Of one that depends on these values with these factors. */
  sigmaFrom(parts: readonly (readonly [Sensitivity, number])[]): number;
  count: number;
}

/** Distance of the values that give a slope, in radii of the fits. */
const DELTA = 0.02;

/**
 * @param sigmas Standard deviation of the power of each point.
 * @param errors Of the power, of one sigma, that points have in common; each independent of the
 *   others.
 */
export function createSurface(
  smoother: Smoother,
  radius: number,
  sigmas: Float64Array,
  errors: readonly Float64Array[],
): PatternSurface {
  const count = sigmas.length;
  const scratch = new Float64Array(count);
  const sigmaOf = (derivatives: Float64Array) => {
    let variance = 0;
    for (let k = 0; k < count; k++) {
      const derivative = derivatives[k] as number;
      if (derivative !== 0) variance += (derivative * (sigmas[k] as number)) ** 2;
    }
    for (const error of errors) {
      let sum = 0;
      for (let k = 0; k < count; k++) sum += (derivatives[k] as number) * (error[k] as number);
      variance += sum ** 2;
    }
    return Math.sqrt(variance);
  };
  const at = (direction: Vector) => {
    const fit = smoother(direction);
    return fit && valueOf(fit, sigmas, errors);
  };
  const delta = DELTA * radius;
  return {
    count,
    sigmaOf,
    sigmaFrom(parts) {
      scratch.fill(0);
      for (const [part, factor] of parts) part.addTo(scratch, factor);
      return sigmaOf(scratch);
    },
    at,
    slope(circle, angle) {
      const [before, after] = [at(circle.at(angle - delta)), at(circle.at(angle + delta))];
      if (!before || !after) return undefined;
      return {
        value: (after.value - before.value) / (2 * delta),
        addTo(column, factor) {
          after.addTo(column, factor / (2 * delta));
          before.addTo(column, -factor / (2 * delta));
        },
      };
    },
  };
}

function valueOf(fit: Smoothed, sigmas: Float64Array, errors: readonly Float64Array[]): PatternValue {
  const { index, weights } = fit;
  let variance = 0;
  for (let n = 0; n < index.length; n++)
    variance += ((weights[n] as number) * (sigmas[index[n] as number] as number)) ** 2;
  for (const error of errors) {
    let sum = 0;
    for (let n = 0; n < index.length; n++)
      sum += (weights[n] as number) * (error[index[n] as number] as number);
    variance += sum ** 2;
  }
  return {
    value: fit.value,
    sigma: Math.sqrt(variance),
    addTo(column, factor) {
      for (let n = 0; n < index.length; n++) {
        const at = index[n] as number;
        column[at] = (column[at] as number) + factor * (weights[n] as number);
      }
    },
  };
}
