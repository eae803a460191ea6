import { dbToLinear } from '#shared/sky/units';
import { lowestFifthToMean, medianToMean } from './gamma.ts';
import { medianOf } from './median.ts';
import { CHANNEL_FLAGS, flagsOf, type ChannelBand } from './channels.ts';
import { highestOf, lowestOf, sumOf, type PowerExtremes, type ReadSpectrum } from './read-spectrum.ts';

/** Statistics of each channel over the reads of a dwell. Power is relative to full scale. */
export interface Spectrum {
  band: ChannelBand;
  transforms: number;
  independentTransforms: number;
  /** Level of a channel without signals. */
  floor: number;
  mean: Float64Array;
  /** Of the means of the reads, corrected to the mean of noise. */
  median: Float64Array;
  /** Share of the reads in which the channel is above the floor by 5 dB, 0 to 1. */
  occupancy: Float64Array;
  /** Undefined for rtl_power. */
  transformStatistics: TransformStatistics | undefined;
}

/** Statistics over single transforms. */
export interface TransformStatistics {
  min: Float32Array;
  max: Float32Array;
  /** 1 for noise, 0 for a constant carrier. Undefined for a single transform. */
  kurtosis: Float64Array | undefined;
}

/** A read with a spectrum. */
export interface SpectrumRead {
  spectrum: ReadSpectrum;
  clippedFraction: number;
}

/** A channel this far above the floor is occupied. */
export const OCCUPIED_DB = 5;
const OCCUPIED = dbToLinear(OCCUPIED_DB);
/** ITU-R SM.1753: the noise floor is found in the lowest 20 % of the channels. */
const FLOOR_SHARE = 0.2;

/** Merges the reads of a dwell, which have the same band; at least one. */
export function spectrumOf(reads: readonly [SpectrumRead, ...SpectrumRead[]]): Spectrum {
  const spectra = reads.map(({ spectrum }) => spectrum);
  const total = (of: (read: ReadSpectrum) => number) => spectra.reduce((sum, read) => sum + of(read), 0);
  const transforms = total((read) => read.transforms);
  const independentTransforms = total((read) => read.independentTransforms);
  const powerSum = sumOf(spectra.map((read) => read.powerSum));
  const mean = new Float64Array(powerSum.length);
  for (let k = 0; k < mean.length; k++) mean[k] = (powerSum[k] as number) / transforms;
  const [{ spectrum: first }] = reads;
  const flags = flagsOf(
    first.band,
    reads.map(({ clippedFraction }) => clippedFraction),
  ).map((bits, k) => bits | (Number.isNaN(mean[k]) ? CHANNEL_FLAGS.overflow : 0));
  const floor = noiseFloor(mean, flags, independentTransforms);
  const extremes = spectra.flatMap((read) => read.extremes ?? []);
  return {
    band: { ...first.band, flags },
    transforms,
    independentTransforms,
    floor,
    mean,
    ...readStatistics(spectra, OCCUPIED * floor, medianCorrection(spectra.length, independentTransforms)),
    transformStatistics:
      extremes.length === spectra.length
        ? transformStatistics(extremes, powerSum, transforms, independentTransforms)
        : undefined,
  };
}

/**
 * The mean of the lowest 20 % of the channels without DC offset and band edges, divided by what
 * noise of one level shows there (ITU-R SM.1753). NaN without such channels.
 */
function noiseFloor(mean: Float64Array, flags: Uint8Array, independentTransforms: number): number {
  const unusable = CHANNEL_FLAGS.dc | CHANNEL_FLAGS.bandEdge | CHANNEL_FLAGS.overflow;
  const usable = mean.filter((_, k) => ((flags[k] as number) & unusable) === 0).sort();
  const lowest = usable.subarray(0, Math.ceil(FLOOR_SHARE * usable.length));
  return (
    lowest.reduce((sum, power) => sum + power, 0) / lowest.length / lowestFifthToMean(independentTransforms)
  );
}

/** With one or two reads, the median is the mean. */
function medianCorrection(reads: number, independentTransforms: number): number {
  return reads < 3 ? 1 : medianToMean(independentTransforms / reads);
}

/** Median and occupancy of each channel over the reads. */
function readStatistics(
  reads: readonly ReadSpectrum[],
  occupiedAbove: number,
  correction: number,
): Pick<Spectrum, 'median' | 'occupancy'> {
  const channels = reads[0]?.powerSum.length ?? 0;
  const median = new Float64Array(channels);
  const occupancy = new Float64Array(channels);
  const sums = reads.map(({ powerSum }) => powerSum);
  const transforms = Float64Array.from(reads, (read) => read.transforms);
  const means = new Float64Array(reads.length);
  for (let k = 0; k < channels; k++) {
    let occupied = 0;
    let sum = 0;
    for (let r = 0; r < means.length; r++) {
      const mean = ((sums[r] as Float32Array)[k] as number) / (transforms[r] as number);
      means[r] = mean;
      sum += mean;
      if (mean > occupiedAbove) occupied++;
    }
    const isUnknown = Number.isNaN(sum);
    median[k] = isUnknown ? NaN : medianOf(means) / correction;
    occupancy[k] = isUnknown ? NaN : occupied / means.length;
  }
  return { median, occupancy };
}

/**
 * Spectral kurtosis (M + 1) / (M - 1) (M S2 / S1^2 - 1), Nita and Gary 2010. The factor in front
 * contains the independent transforms, because overlap correlates them: the mean over noise is then
 * 1. The variance is that of M transforms, 4 / M.
 */
function transformStatistics(
  reads: readonly PowerExtremes[],
  powerSum: Float64Array,
  transforms: number,
  independentTransforms: number,
): TransformStatistics {
  const squareSum = sumOf(reads.map((read) => read.squareSum));
  const factor = (independentTransforms + 1) / (independentTransforms - 1);
  const kurtosis = new Float64Array(squareSum.length);
  for (let k = 0; k < kurtosis.length; k++)
    kurtosis[k] = factor * ((transforms * (squareSum[k] as number)) / (powerSum[k] as number) ** 2 - 1);
  return {
    min: lowestOf(reads.map(({ minPower }) => minPower)),
    max: highestOf(reads.map(({ maxPower }) => maxPower)),
    kurtosis: transforms > 1 ? kurtosis : undefined,
  };
}
