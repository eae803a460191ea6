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
