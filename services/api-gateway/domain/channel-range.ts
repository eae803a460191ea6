import type { ChannelAxis } from '#shared/spectrum/channels';

/** Indices of channels, ends included. */
export interface ChannelRange {
  firstChannel: number;
  lastChannel: number;
}

/** Frequencies, Hz. */
export interface HertzRange {
  fromHz: number;
  toHz: number;
}

// Frequencies are rounded when they are written as text.
const TOLERANCE = 1e-6;

/** The outer edges of the first and the last channel. */
export function extentOf({ firstChannelHz, channelHz, channels }: ChannelAxis): HertzRange {
  const fromHz = firstChannelHz - channelHz / 2;
  return { fromHz, toHz: fromHz + channels * channelHz };
}

/** Whether all of the range is covered by channels. */
export function covers(channels: ChannelAxis, { fromHz, toHz }: HertzRange): boolean {
  const extent = extentOf(channels);
  const toleranceHz = TOLERANCE * channels.channelHz;
  return fromHz >= extent.fromHz - toleranceHz && toHz <= extent.toHz + toleranceHz;
}

/**
 * The channels whose centre is in a covered range, ends included: at least one if the range is as
 * wide as a channel. In a narrower range without a centre, the channel that contains its middle.
 */
export function channelsIn(band: ChannelAxis, { fromHz, toHz }: HertzRange): ChannelRange {
  const position = (hz: number) => (hz - band.firstChannelHz) / band.channelHz;
  const firstChannel = Math.max(0, Math.ceil(position(fromHz) - TOLERANCE));
  const lastChannel = Math.min(band.channels - 1, Math.floor(position(toHz) + TOLERANCE));
  if (firstChannel <= lastChannel) return { firstChannel, lastChannel };
  const nearest = Math.floor(position((fromHz + toHz) / 2) + 0.5);
  const only = Math.max(0, Math.min(band.channels - 1, nearest));
  return { firstChannel: only, lastChannel: only };
}
