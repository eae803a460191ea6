export const MIN_CHANNELS = 64;
export const MAX_CHANNELS = 4_096;
export const DEFAULT_CHANNELS = 1_024;

export function isPowerOfTwo(channels: number): boolean {
  return Number.isInteger(Math.log2(channels));
}
