import { CHANNEL_FLAGS } from '#shared/spectrum/channels';
import { STRONGEST_CHANNELS, UNKNOWN, valueOf, type PointSpectrum } from '#shared/spectrum/point-spectrum';
import { OCCUPIED_DB } from '#shared/spectrum/spectrum';

export interface ChannelLevel {
  /** Centre of the channel. */
  frequencyHz: number;
  /** dBm or dBFS. */
  meanDb: number;
}

/**
 * The strongest channels of all bands that are 5 dB above the floor of their band, strongest first.
 * Without the channels of the DC offset and the band edges.
 */
export function strongestChannels(spectra: readonly PointSpectrum[]): ChannelLevel[] {
  return spectra
    .flatMap(aboveFloor)
    .sort((a, b) => b.meanDb - a.meanDb)
    .slice(0, STRONGEST_CHANNELS);
}

function aboveFloor({ band, floorDb, codes }: PointSpectrum): ChannelLevel[] {
  const { firstChannelHz, channelHz, flags } = band;
  const channels: ChannelLevel[] = [];
  codes.mean?.forEach((code, k) => {
    if (((flags[k] ?? 0) & (CHANNEL_FLAGS.dc | CHANNEL_FLAGS.bandEdge)) !== 0 || code === UNKNOWN) return;
    const meanDb = valueOf('mean', code);
    if (meanDb > floorDb + OCCUPIED_DB)
      channels.push({ frequencyHz: firstChannelHz + k * channelHz, meanDb });
  });
  return channels;
}
