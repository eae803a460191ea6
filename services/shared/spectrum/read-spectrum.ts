import type { ChannelBand } from './channels.ts';

/**
 * Per-channel sums over the transforms of one read, in order of rising frequency. Power is relative
 * to a full-scale complex tone; the sum of all channels is the power of the samples. Reads are
 * merged by adding the sums and the numbers of transforms.
 */
export interface ReadSpectrum {
  band: ChannelBand;
  transforms: number;
  /** Number of independent transforms with the same variance of the mean; smaller with overlap. */
  independentTransforms: number;
  /** S1, the sum of the power over the transforms. */
  powerSum: Float32Array;
  /** Undefined for rtl_power, which reports only the mean. */
  extremes: PowerExtremes | undefined;
}

/** What is known about the single transforms of a read. */
export interface PowerExtremes {
  /** S2, the sum of the squared power. */
  squareSum: Float32Array;
  minPower: Float32Array;
  maxPower: Float32Array;
}

/** The sums of several reads of one band in one; at least one read. */
export function mergedReads(reads: readonly [ReadSpectrum, ...ReadSpectrum[]]): ReadSpectrum {
  const [first] = reads;
  if (reads.length === 1) return first;
  const total = (of: (read: ReadSpectrum) => number) => reads.reduce((sum, read) => sum + of(read), 0);
  const extremes = reads.flatMap((read) => read.extremes ?? []);
  return {
    band: first.band,
    transforms: total((read) => read.transforms),
    independentTransforms: total((read) => read.independentTransforms),
    powerSum: combined(reads, ({ powerSum }) => powerSum, add),
    extremes:
      extremes.length === reads.length
        ? {
            squareSum: combined(extremes, ({ squareSum }) => squareSum, add),
            minPower: combined(extremes, ({ minPower }) => minPower, Math.min),
            maxPower: combined(extremes, ({ maxPower }) => maxPower, Math.max),
          }
        : undefined,
  };
}

function add(a: number, b: number): number {
  return a + b;
}

/** One list from those of several items, element by element. */
export function combined<Item>(
  items: readonly Item[],
  listOf: (item: Item) => Float32Array,
  combine: (a: number, b: number) => number,
): Float32Array {
  const [first = new Float32Array(), ...others] = items.map(listOf);
  const result = first.slice();
  for (const list of others)
    for (let k = 0; k < result.length; k++) result[k] = combine(result[k] as number, list[k] as number);
  return result;
}
