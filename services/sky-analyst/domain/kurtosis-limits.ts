export interface KurtosisLimits {
  low: number;
  high: number;
}

/**
 * Transforms, and the kurtosis below and above which noise is in 0.135 % of all cases each, from
 * simulation: `scripts/kurtosis-table.js`.
 */
const TABLE: readonly [transforms: number, low: number, high: number][] = [
  [8, 0.11827, 4.13439],
  [10, 0.16283, 3.94922],
  [12, 0.19909, 3.75853],
  [16, 0.25565, 3.45069],
  [20, 0.29878, 3.21312],
  [24, 0.33343, 3.02314],
  [32, 0.38681, 2.7381],
  [48, 0.45891, 2.38071],
  [64, 0.50745, 2.1635],
  [96, 0.57164, 1.90816],
  [128, 0.61392, 1.75996],
  [192, 0.66863, 1.59094],
  [256, 0.70392, 1.49488],
  [512, 0.77713, 1.32538],
  [1024, 0.83478, 1.21712],
];
/** The normal quantile of 0.135 %: where the limits are with infinitely many transforms. */
const QUANTILE = 2.99998;

/** Distances of the limits from 1 in units of 2 / sqrt(M), the standard deviation for large M. */
const NODES = [
  ...TABLE.map(([transforms, low, high]) => {
    const sigma = 2 / Math.sqrt(transforms);
    return { sigma, low: (1 - low) / sigma, high: (high - 1) / sigma };
  }),
  { sigma: 0, low: QUANTILE, high: QUANTILE },
];
const MIN_TRANSFORMS = 8;
/** Points of a polynomial of the third degree. */
const POINTS = 4;

/**
 * Limits of the spectral kurtosis of noise (Nita and Gary 2010) for the transforms of all reads of
 * a point, which have a Hann window and overlap by half. Noise is below `low` in 0.135 % of all
 * cases, and above `high` in as many. Below 8 transforms there are no limits.
 * @param stepDb The kurtosis is rounded to multiples of this, and the rounding undone by
 * `undoRounding`, so that it varies more.
 */
export function kurtosisLimits(transforms: number, stepDb = 0): KurtosisLimits {
  if (!(transforms >= MIN_TRANSFORMS)) return { low: -Infinity, high: Infinity };
  const sigma = 2 / Math.sqrt(transforms);
  const above = NODES.findIndex((node) => node.sigma <= sigma);
  const first = Math.min(Math.max(0, above - POINTS / 2), NODES.length - POINTS);
  const nodes = NODES.slice(first, first + POINTS);
  const at = (side: 'low' | 'high') =>
    nodes.reduce((sum, node) => {
      const factors = nodes.map((other) =>
        other === node ? 1 : (sigma - other.sigma) / (node.sigma - other.sigma),
      );
      return sum + node[side] * factors.reduce((product, factor) => product * factor);
    }, 0);
  // The variance of a value that is uniform within a step, of the rounding and of its undoing.
  const total = Math.hypot(sigma, relativeStep(stepDb) / Math.sqrt(6));
  return { low: 1 - at('low') * total, high: 1 + at('high') * total };
}

/**
 * Adds a number that is uniform within half a step to a rounded kurtosis. With many transforms,
 * the limits are only some steps from 1, and all values of a step would be flagged or none.
 * @param index Of the value: the number is always the same for it.
 */
export function undoRounding(kurtosis: number, stepDb: number, index: number): number {
  return kurtosis * (1 + relativeStep(stepDb) * uniform(index));
}

function relativeStep(stepDb: number): number {
  return (stepDb * Math.LN10) / 10;
}

/** From -0.5 to 0.5, the same for the same number: the mixer of MurmurHash3 (Appleby 2011). */
function uniform(index: number): number {
  let bits = Math.imul((index + 1) | 0, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 4_294_967_296 - 0.5;
}
