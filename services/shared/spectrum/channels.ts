/** Channels of equal width, in order of rising frequency. */
export interface ChannelAxis {
  /** Centre of the first channel, Hz. */
  firstChannelHz: number;
  /** Width of a channel and distance between two centres, Hz. */
  channelHz: number;
  channels: number;
}

/** The channels of a spectrum with their flags. */
export interface ChannelBand extends Omit<ChannelAxis, 'channels'> {
  /** Bits of `CHANNEL_FLAGS`, one byte per channel. */
  flags: Uint8Array;
}

export function axisOf({ firstChannelHz, channelHz, flags }: ChannelBand): ChannelAxis {
  return { firstChannelHz, channelHz, channels: flags.length };
}

/** Such as `1024 channels of 1000 Hz from 100000000 Hz`; equal for equal channels. */
export function describeAxis({ firstChannelHz, channelHz, channels }: ChannelAxis): string {
  return `${channels} channels of ${channelHz} Hz from ${firstChannelHz} Hz`;
}

/** The bits of `ChannelFlag` in spectrum.proto. */
export const CHANNEL_FLAGS = {
  /** Contains the tuner's frequency, or is its neighbour: shows the DC offset. */
  dc: 1,
  /** Outside the flat part of the receiver's filter: too weak, and may show an alias. */
  bandEdge: 2,
  /** A read clipped: the channel may show a product of other signals. */
  clipped: 4,
  /** rtl_power has lost the level in a read: the values are unknown. */
  overflow: 8,
} as const;

/** Fraction of clipped I and Q values above which a read counts as clipped. */
const CLIPPED_FRACTION = 0.001;

/**
 * The flags of a read or of several: clipping distorts the samples, so it affects every channel.
 */
export function flagsOf({ flags }: ChannelBand, clippedFractions: readonly number[]): Uint8Array {
  const isClipped = clippedFractions.some((fraction) => fraction > CLIPPED_FRACTION);
  return isClipped ? flags.map((bits) => bits | CHANNEL_FLAGS.clipped) : flags;
}
