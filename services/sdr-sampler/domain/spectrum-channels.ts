import { SkyScanError } from '#shared/base/errors';
import { DEFAULT_CHANNELS, MAX_CHANNELS, MIN_CHANNELS, isPowerOfTwo } from '#shared/spectrum/channel-count';

/** A spectrum requested with a measurement. */
export interface SpectrumSettings {
  /** Number of channels into which the sample rate is divided; a power of two. */
  channels: number;
}

/** A channel of fewer bins of the spectrum has no accurate level. */
const MIN_CHANNELS_PER_BANDWIDTH = 8;
/** Reads times channels of one measurement: 16 bytes each, 16 MiB. */
const MAX_VALUES = 1_048_576;

/**
 * The requested number of channels, by default 1,024. Throws `out_of_range` outside 64..4,096, and
 * `invalid` unless it is a power of two.
 */
export function spectrumSettings(channels = DEFAULT_CHANNELS): SpectrumSettings {
  if (channels < MIN_CHANNELS || channels > MAX_CHANNELS)
    throw outOfRange(
      `spectrum.channels ${channels} is outside ${MIN_CHANNELS}..${MAX_CHANNELS} channels, powers of two`,
    );
  if (!isPowerOfTwo(channels))
    throw new SkyScanError(
      'invalid',
      `spectrum.channels ${channels} must be a power of two in ${MIN_CHANNELS}..${MAX_CHANNELS} channels; the nearest are ${powerOfTwo(Math.floor, channels)} and ${powerOfTwo(Math.ceil, channels)}`,
    );
  return { channels };
}

/** Throws `out_of_range` if a bandwidth, in Hz, is too narrow for channels of this width. */
export function checkResolution(bandwidthHz: number, rateHz: number, { channels }: SpectrumSettings): void {
  const narrowestHz = (MIN_CHANNELS_PER_BANDWIDTH * rateHz) / channels;
  if (bandwidthHz >= narrowestHz) return;
  throw outOfRange(
    `bandwidth ${bandwidthHz} Hz is below ${narrowestHz} Hz, ${MIN_CHANNELS_PER_BANDWIDTH} of the ${channels} channels of the spectrum`,
  );
}

/** Throws `out_of_range` if a read, in samples, is shorter than one transform. */
export function checkReadLength(
  readMs: number,
  samples: number,
  rateHz: number,
  { channels }: SpectrumSettings,
): void {
  if (samples >= channels) return;
  throw outOfRange(
    `read time ${readMs} ms is too short for a spectrum of ${channels} channels: at least ${(channels * 1000) / rateHz} ms`,
  );
}

/** Throws `out_of_range` if the spectra of the reads take too much memory. */
export function checkValues(reads: number, { channels }: SpectrumSettings): void {
  if (reads * channels <= MAX_VALUES) return;
  throw outOfRange(
    `reads ${reads} is above ${MAX_VALUES / channels} reads with a spectrum of ${channels} channels`,
  );
}

/** Number of reads of a stream that a slow client may have queued. */
export function queuedReads(wanted: number, spectrum: SpectrumSettings | undefined): number {
  return spectrum ? Math.min(wanted, MAX_VALUES / spectrum.channels) : wanted;
}

function powerOfTwo(round: (exponent: number) => number, channels: number): number {
  return 2 ** round(Math.log2(channels));
}

function outOfRange(message: string): SkyScanError {
  return new SkyScanError('out_of_range', message);
}
