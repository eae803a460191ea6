import { vectorAt, type Vector } from '../finder/sphere.ts';
import type { LocalValue, PatternPoints } from './local-fit.ts';

/** The pattern at a direction, as a sum of weight times power of points; a point occurs once. */
export interface Smoothed {
  value: number;
  index: Int32Array;
  weights: Float64Array;
}

/** The pattern at a direction; undefined: not measured. */
export type Smoother = (direction: Vector) => Smoothed | undefined;

/**
 * Local fits, and what they leave of the points is fitted again and added (twicing: Tukey 1977,
 * section 16; Stuetzle and Mittal 1979). Where a polynomial loses the share b of a narrow lobe,
 * b^2 is lost then, at the price of more noise. The fits of the points are kept, because each
 * is used for all directions around it; the power of the points must not change.
 */
export function createSmoother(
  points: Pick<PatternPoints, 'power' | 'vectors'>,
  fitAt: (direction: Vector) => LocalValue | undefined,
): Smoother {
  const { power, vectors } = points;
  const count = power.length;
  const fits: (LocalValue | null | undefined)[] = Array.from({ length: count });
  const sums = new Float64Array(count);
  const isUsed = new Uint8Array(count);
  const used = new Int32Array(count);

  const fitOf = (k: number) => {
    let fit = fits[k];
    if (fit === undefined) fits[k] = fit = fitAt(vectorAt(vectors, k)) ?? null;
    return fit;
  };

  return (direction) => {
    const fit = fitAt(direction);
    if (!fit) return undefined;
    let size = addTo({ sums, isUsed, used }, fit, 1, 0);
    for (let n = 0; n < fit.index.length; n++) {
      const [k, weight] = [fit.index[n] as number, fit.weights[n] as number];
      const own = fitOf(k);
      if (!own) continue;
      sums[k] = (sums[k] as number) + weight;
      size = addTo({ sums, isUsed, used }, own, -weight, size);
    }
    const index = used.slice(0, size);
    const weights = new Float64Array(size);
    let value = 0;
    for (let n = 0; n < size; n++) {
      const k = index[n] as number;
      weights[n] = sums[k] as number;
      value += (weights[n] as number) * (power[k] as number);
      [sums[k], isUsed[k]] = [0, 0];
    }
    return { value, index, weights };
  };
}

interface Sums {
  sums: Float64Array;
  isUsed: Uint8Array;
  /** The points that are used, `size` of them. */
  used: Int32Array;
}

/** Adds the weights of a fit; returns the new size. */
function addTo({ sums, isUsed, used }: Sums, fit: LocalValue, factor: number, size: number): number {
  const { index, weights } = fit;
  let next = size;
  for (let n = 0; n < index.length; n++) {
    const k = index[n] as number;
    sums[k] = (sums[k] as number) + factor * (weights[n] as number);
    if (isUsed[k] === 1) continue;
    isUsed[k] = 1;
    used[next++] = k;
  }
  return next;
}
