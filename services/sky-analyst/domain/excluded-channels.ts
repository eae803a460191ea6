import { CHANNEL_FLAGS, type ChannelBand } from '#shared/spectrum/channels';
import type { FrequencyRange } from './frequency-range.ts';

/** 1 for each channel whose level the receiver distorts or whose centre is outside of the range. */
export function excludedChannels(
  { firstChannelHz, channelHz, flags }: ChannelBand,
  { fromHz, toHz }: FrequencyRange,
): Uint8Array {
  const distorted = CHANNEL_FLAGS.dc | CHANNEL_FLAGS.bandEdge;
  return flags.map((bits, k) => {
    const centreHz = firstChannelHz + k * channelHz;
    return (bits & distorted) !== 0 || centreHz < fromHz || centreHz > toHz ? 1 : 0;
  });
}
