const MAX_HALF = 15;
const MIN_HALF = 4;
const CHANNELS_PER_HALF = 16;

/**
 * Channels on each side in the windows of the background: 15, which makes 31 channels. With fewer
 * than 256 channels it is about an eighth of the band, because the receiver's filter is not smooth
 * within a larger part.
 */
export function halfWindow(channels: number): number {
  return Math.min(MAX_HALF, Math.max(MIN_HALF, Math.floor(channels / CHANNELS_PER_HALF)));
}
