import { CHANNEL_FLAGS, type ChannelBand } from '#shared/spectrum/channels';
import { FLAT_SHARE } from './tuning.ts';

/** A Hann or Hamming window spreads a constant to this many channels on each side. */
const DC_CHANNELS = 1;
/**
 * The channels of an FFT of the whole sampled band. The first one is centred at the lower end, half
 * the sample rate below the tuner.
 */
export function sampledBand(channels: number, sampleRateHz: number, tunerHz: number): ChannelBand {
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
