import { UNKNOWN, valueOf } from '#shared/spectrum/point-spectrum';
import type { CodeChunk } from './code-chunk.ts';
import { POWER_OFFSET, levelOf, powers } from './powers.ts';

const CODES = 65_536;

/** Exact medians of the levels of some channels, of any number of points. */
export interface ChannelMedians {
  /** Adds a chunk; channels outside the range are ignored. */
  add: (chunk: CodeChunk) => void;
  /** Number of known levels of a channel. */
  known(channel: number): number;
  /** Of a channel, dB; the mean in linear power of the middle two; NaN: no level is known. */
  median(channel: number): number;
}

/** Memory for some channels, 256 kB each: the number of points by channel and code. */
export function medianMemory(channels: number): Uint32Array {
  return new Uint32Array(channels * CODES);
}

/** Counts every code of every channel in `memory`, which is cleared. */
export function createChannelMedians(first: number, channels: number, memory: Uint32Array): ChannelMedians {
  const counts = memory.fill(0);
  const known = new Uint32Array(channels);
  return {
    add({ points, firstChannel, channels: width, codes }) {
      const from = Math.max(first, firstChannel);
      const to = Math.min(first + channels, firstChannel + width);
      for (let channel = from; channel < to; channel++) {
        const start = (channel - first) * CODES + POWER_OFFSET;
        for (let n = 0; n < points; n++) {
          const code = codes[n * width + channel - firstChannel] as number;
          if (code === UNKNOWN) continue;
          counts[start + code] = (counts[start + code] as number) + 1;
          known[channel - first] = (known[channel - first] as number) + 1;
        }
      }
    },
    known: (channel) => known[channel - first] as number,
    median(channel) {
      const total = known[channel - first] as number;
      if (total === 0) return NaN;
      const start = (channel - first) * CODES;
      const ofChannel = counts.subarray(start, start + CODES);
      const [lower, upper] = middleOf(ofChannel, total);
      if (lower === upper) return valueOf('mean', lower - POWER_OFFSET);
      const power = powers();
      return levelOf(((power[lower] as number) + (power[upper] as number)) / 2);
    },
  };
}

/** The indices of the codes in the middle, which are the same for an odd number. */
function middleOf(counts: Uint32Array, total: number): [lower: number, upper: number] {
  let index = -1;
  let seen = 0;
  const advance = (rank: number) => {
    while (seen <= rank) seen += counts[++index] as number;
    return index;
  };
  return [advance(Math.floor((total - 1) / 2)), advance(Math.floor(total / 2))];
}
