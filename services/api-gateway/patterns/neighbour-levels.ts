import { CHANNEL_FLAGS } from '#shared/spectrum/channels';
import { medianOf } from '#shared/spectrum/median';
import { UNKNOWN } from '#shared/spectrum/point-spectrum';
import type { ChannelRange } from '../domain/channel-range.ts';
import type { CodeChunk } from '../domain/code-chunk.ts';
import { POWER_OFFSET, levelOf, powers } from '../domain/powers.ts';
import type { Database } from '../store/queryable.ts';
import { readCodes } from '../store/spectra/read-codes.ts';
import type { BandSelection } from '../store/spectra/read-band.ts';

/** Channels on both sides of a range, as many below as above. */
export interface NeighbourSides {
  below: ChannelRange;
  above: ChannelRange;
}

/** On each side; with fewer, their noise would be that of the pattern. */
export const MIN_NEIGHBOURS = 4;
const MAX_NEIGHBOURS = 16;
/** Channels beside the range that may have a part of the source: the window has a width of four. */
const GUARD = 3;
const POINTS_PER_QUERY = 2_048;
const UNUSABLE = CHANNEL_FLAGS.dc | CHANNEL_FLAGS.bandEdge | CHANNEL_FLAGS.overflow;

/** The nearest usable channels beside a range. Undefined: one side has too few. */
export function neighbourSides({
  band,
  range,
}: Pick<BandSelection, 'band' | 'range'>): NeighbourSides | undefined {
  const reach = (from: number, step: 1 | -1) => {
    let count = 0;
    while (count < MAX_NEIGHBOURS) {
      const flags = band.flags[from + step * count];
      if (flags === undefined || (flags & UNUSABLE) !== 0) break;
      count++;
    }
    return count;
  };
  const [last, first] = [range.firstChannel - GUARD - 1, range.lastChannel + GUARD + 1];
  // As many on both sides: their mean is linear between them.
  const count = Math.min(reach(last, -1), reach(first, 1));
  if (count < MIN_NEIGHBOURS) return undefined;
  return {
    below: { firstChannel: last - count + 1, lastChannel: last },
    above: { firstChannel: first, lastChannel: first + count - 1 },
  };
}

/**
 * The level of each side by point, dB, for as many channels as the range has: the median of its
 * channels, in which other carriers do not count. NaN: not known.
 */
export async function readNeighbours(
  db: Pick<Database, 'copy'>,
  { band, range, statistic }: BandSelection,
  { below, above }: NeighbourSides,
  count: number,
): Promise<{ below: Float64Array; above: Float64Array }> {
  const width = range.lastChannel - range.firstChannel + 1;
  const read = async (side: ChannelRange) => {
    const levels = new Float64Array(count).fill(NaN);
    for (let firstSeq = 1; firstSeq <= count; firstSeq += POINTS_PER_QUERY) {
      const lastSeq = Math.min(count, firstSeq + POINTS_PER_QUERY - 1);
      const medians = createSideMedians(side, firstSeq, lastSeq - firstSeq + 1);
      await readCodes(db, band, { statistic, firstSeq, lastSeq, ...side }, medians.add);
      levels.set(medians.levels(width), firstSeq - 1);
    }
    return levels;
  };
  return { below: await read(below), above: await read(above) };
}

function createSideMedians(
  { firstChannel: first, lastChannel: last }: ChannelRange,
  firstSeq: number,
  points: number,
) {
  const channels = last - first + 1;
  const all = new Int16Array(points * channels).fill(UNKNOWN);
  return {
    add: ({ firstSeq: seq, points: size, firstChannel, channels: width, codes }: CodeChunk) => {
      const [from, to] = [Math.max(first, firstChannel), Math.min(last + 1, firstChannel + width)];
      for (let n = 0; n < size; n++)
        for (let channel = from; channel < to; channel++)
          all[(seq - firstSeq + n) * channels + channel - first] = codes[
            n * width + channel - firstChannel
          ] as number;
    },
    levels(width: number): Float64Array {
      const power = powers();
      return Float64Array.from({ length: points }, (_, n) => {
        const own = all.subarray(n * channels, (n + 1) * channels);
        if (own.includes(UNKNOWN)) return NaN;
        return levelOf(
          width * medianOf(Float64Array.from(own, (code) => power[code + POWER_OFFSET] as number)),
        );
      });
    },
  };
}
