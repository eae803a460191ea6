import { UNKNOWN, valueOf, type Statistic } from '#shared/spectrum/point-spectrum';
import type { ChannelRange } from './channel-range.ts';
import type { CodeChunk } from './code-chunk.ts';
import { POWER_OFFSET, levelOf, powers } from './powers.ts';

/** Combines the channels of a range into one value per point. */
export interface BandValues {
  /** Adds a chunk; its channels outside the range are ignored. */
  add: (chunk: CodeChunk) => void;
  /** One value per point; NaN: not known. */
  values(): Float64Array;
}

/**
 * For `points` points from `firstSeq` on. mean, median: level of the sum of the power of all
 * channels, not known if one of them is not. min: the lowest known channel. Others: the highest
 * known channel.
 */
export function createBandValues(
  statistic: Statistic,
  range: ChannelRange,
  firstSeq: number,
  points: number,
): BandValues {
  const start = statistic === 'min' ? Infinity : statistic === 'mean' || statistic === 'median' ? 0 : UNKNOWN;
  const found = new Float64Array(points).fill(start);
  const combine = combinationOf(statistic);
  return {
    add({ firstSeq: seq, points: count, firstChannel, channels, codes }) {
      const from = Math.max(0, range.firstChannel - firstChannel);
      const to = Math.min(channels - 1, range.lastChannel - firstChannel);
      for (let n = 0; n < count; n++) {
        const index = seq - firstSeq + n;
        found[index] = combine(found[index] as number, codes, n * channels + from, n * channels + to);
      }
    },
    values() {
      const values = new Float64Array(points);
      for (let n = 0; n < points; n++) values[n] = finish(statistic, found[n] as number);
      return values;
    },
  };
}

type Combine = (before: number, codes: Int16Array, from: number, to: number) => number;

function combinationOf(statistic: Statistic): Combine {
  switch (statistic) {
    case 'mean':
    case 'median': {
      const power = powers();
      return (before, codes, from, to) => {
        let sum = before;
        for (let k = from; k <= to; k++) sum += power[(codes[k] as number) + POWER_OFFSET] as number;
        return sum;
      };
    }
    case 'min':
      return (before, codes, from, to) => {
        let lowest = before;
        for (let k = from; k <= to; k++) {
          const code = codes[k] as number;
          if (code < lowest && code !== UNKNOWN) lowest = code;
        }
        return lowest;
      };
    case 'max':
    case 'kurtosis':
    case 'occupancy':
      return (before, codes, from, to) => {
        let highest = before;
        for (let k = from; k <= to; k++) if ((codes[k] as number) > highest) highest = codes[k] as number;
        return highest;
      };
  }
}

function finish(statistic: Statistic, combined: number): number {
  if (statistic === 'mean' || statistic === 'median') return levelOf(combined);
  return combined === Infinity ? NaN : valueOf(statistic, combined);
}
