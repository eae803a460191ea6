import { FLAT_SHARE } from './tuning.ts';

/** Channels of equal width, in order of rising frequency. */
export interface SpectrumBand {
  /** Centre of the first channel, Hz. */
  firstChannelHz: number;
  /** Width of a channel and distance between two centres, Hz. */
  channelHz: number;
  /** Bits of `CHANNEL_FLAGS`, one byte per channel. */
  flags: Uint8Array;
}

/** The bits of `ChannelFlag` in sdr_sampler.proto. */
export const CHANNEL_FLAGS = {
  /** Contains the tuner's frequency, or is its neighbour: shows the DC offset. */
  dc: 1,
  /** Outside the flat part of the receiver's filter: too weak, and may show an alias. */
  bandEdge: 2,
  /** A read clipped: the channel may show a product of other signals. */
  clipped: 4,
  /** rtl_power has lost the level in a read: the values are NaN. */
  overflow: 8,
} as const;

/** A Hann or Hamming window spreads a constant to this many channels on each side. */
const DC_CHANNELS = 1;
/** Fraction of clipped I and Q values above which a point counts as clipped. */
const CLIPPED_FRACTION = 0.001;

/**
 * The channels of an FFT of the whole sampled band. The first one is centred at the lower end, half
 * the sample rate below the tuner.
 */
export function sampledBand(channels: number, sampleRateHz: number, tunerHz: number): SpectrumBand {
  const channelHz = sampleRateHz / channels;
  const flags = flagsAround(channels, channels / 2, FLAT_SHARE * channels);
  return { firstChannelHz: tunerHz - sampleRateHz / 2, channelHz, flags };
}

/** Flags of channels around the one at the tuner's frequency; `flat` of them on each side. */
export function flagsAround(channels: number, middle: number, flat: number): Uint8Array {
  return Uint8Array.from({ length: channels }, (_, k) => {
    const distance = Math.abs(k - middle);
    return (distance <= DC_CHANNELS ? CHANNEL_FLAGS.dc : 0) | (distance > flat ? CHANNEL_FLAGS.bandEdge : 0);
  });
}

/**
 * The flags of a read or of several: clipping distorts the samples, so it affects every channel.
 */
export function flagsOf({ flags }: SpectrumBand, clippedFractions: readonly number[]): Uint8Array {
  const isClipped = clippedFractions.some((fraction) => fraction > CLIPPED_FRACTION);
  return isClipped ? flags.map((bits) => bits | CHANNEL_FLAGS.clipped) : flags;
}
