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
    powerSum: new Float32Array(sumOf(reads.map(({ powerSum }) => powerSum))),
    extremes:
      extremes.length === reads.length
        ? {
            squareSum: new Float32Array(sumOf(extremes.map(({ squareSum }) => squareSum))),
            minPower: lowestOf(extremes.map(({ minPower }) => minPower)),
            maxPower: highestOf(extremes.map(({ maxPower }) => maxPower)),
          }
        : undefined,
  };
}

// One loop each, without a function per element: these run over every channel of every read.

/** The sum of the lists, channel by channel. */
export function sumOf(lists: readonly Float32Array[]): Float64Array {
  const sums = new Float64Array(lists[0]?.length ?? 0);
  for (const list of lists)
    for (let k = 0; k < sums.length; k++) sums[k] = (sums[k] as number) + (list[k] as number);
  return sums;
}

/** The lowest value of each channel. */
export function lowestOf([first = new Float32Array(), ...others]: readonly Float32Array[]): Float32Array {
  const lowest = first.slice();
  for (const list of others)
    for (let k = 0; k < lowest.length; k++)
      if ((list[k] as number) < (lowest[k] as number)) lowest[k] = list[k] as number;
  return lowest;
}

/** The highest value of each channel. */
export function highestOf([first = new Float32Array(), ...others]: readonly Float32Array[]): Float32Array {
  const highest = first.slice();
  for (const list of others)
    for (let k = 0; k < highest.length; k++)
      if ((list[k] as number) > (highest[k] as number)) highest[k] = list[k] as number;
  return highest;
}
