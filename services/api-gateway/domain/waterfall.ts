import type { ChannelAxis } from '#shared/spectrum/channels';
import { UNKNOWN, valueOf, type Statistic } from '#shared/spectrum/point-spectrum';
import type { ChannelRange } from './channel-range.ts';
import type { CodeChunk } from './code-chunk.ts';
import { POWER_OFFSET, levelOf, powers } from './powers.ts';

/** How points and channels share rows and columns. */
export interface WaterfallShape {
  range: ChannelRange;
  firstSeq: number;
  lastSeq: number;
  pointsPerRow: number;
  rows: number;
  /** The last column may have fewer. */
  channelsPerColumn: number;
  columns: number;
}

/** At most `maxRows` x `maxColumns`; as few points per row and channels per column as possible. */
export function waterfallShape(
  range: ChannelRange,
  { firstSeq, lastSeq }: { firstSeq: number; lastSeq: number },
  { maxRows, maxColumns }: { maxRows: number; maxColumns: number },
): WaterfallShape {
  const points = Math.max(0, lastSeq - firstSeq + 1);
  const channels = range.lastChannel - range.firstChannel + 1;
  const pointsPerRow = Math.max(1, Math.ceil(points / maxRows));
  const channelsPerColumn = Math.ceil(channels / maxColumns);
  return {
    range,
    firstSeq,
    lastSeq,
    pointsPerRow,
    rows: Math.ceil(points / pointsPerRow),
    channelsPerColumn,
    columns: Math.ceil(channels / channelsPerColumn),
  };
}

/** The columns as channels: centre of the first one, width. */
export function columnsOf(
  { firstChannelHz, channelHz }: ChannelAxis,
  { range, channelsPerColumn, columns }: WaterfallShape,
): ChannelAxis {
  return {
    firstChannelHz: firstChannelHz + (range.firstChannel + (channelsPerColumn - 1) / 2) * channelHz,
    channelHz: channelsPerColumn * channelHz,
    channels: columns,
  };
}

/** Values of consecutive rows. */
export interface WaterfallRows {
  add: (chunk: CodeChunk) => void;
  /** The value at a row and a column; NaN: not known. */
  value(row: number, column: number): number;
}

/**
 * Some rows of a waterfall, from the row `firstRow` on. Values that share a place: mean in linear
 * power of mean and median, mean of occupancy, highest of max and kurtosis, lowest of min. Unknown
 * ones are left out.
 */
export function createWaterfallRows(
  statistic: Statistic,
  shape: WaterfallShape,
  firstRow: number,
  rows: number,
): WaterfallRows {
  const { range, firstSeq, pointsPerRow, channelsPerColumn, columns } = shape;
  const places = createPlaces(statistic, rows * columns);
  // Looked up: a division per value would double the time.
  const columnOf = Uint32Array.from({ length: range.lastChannel - range.firstChannel + 1 }, (_, offset) =>
    Math.floor(offset / channelsPerColumn),
  );
  return {
    add({ firstSeq: seq, points, firstChannel, channels, codes }) {
      const from = Math.max(firstChannel, range.firstChannel);
      const to = Math.min(firstChannel + channels - 1, range.lastChannel);
      const used = columnOf.subarray(from - range.firstChannel, Math.max(from, to + 1) - range.firstChannel);
      for (let n = 0; n < points; n++) {
        const row = Math.floor((seq + n - firstSeq) / pointsPerRow) - firstRow;
        if (row < 0 || row >= rows) continue;
        places.add(row * columns, used, codes, n * channels + from - firstChannel);
      }
    },
    value: (row, column) => places.value(row * columns + column),
  };
}

interface Places {
  /** Adds the codes from `start` on, each to the place `first` plus its column. */
  add(first: number, columnOf: Uint32Array, codes: Int16Array, start: number): void;
  value(place: number): number;
}

function createPlaces(statistic: Statistic, count: number): Places {
  if (statistic === 'min' || statistic === 'max' || statistic === 'kurtosis')
    return createExtremes(statistic, count, statistic === 'min');
  const sums = new Float64Array(count);
  const counts = new Uint32Array(count);
  const mean = (place: number) => (sums[place] as number) / (counts[place] as number);
  const power = powers();
  const isShare = statistic === 'occupancy';
  return {
    add(first, columnOf, codes, start) {
      for (let k = 0; k < columnOf.length; k++) {
        const code = codes[start + k] as number;
        if (code === UNKNOWN) continue;
        const place = first + (columnOf[k] as number);
        sums[place] = (sums[place] as number) + (isShare ? code : (power[code + POWER_OFFSET] as number));
        counts[place] = (counts[place] as number) + 1;
      }
    },
    value: (place) => (isShare ? valueOf(statistic, mean(place)) : levelOf(mean(place))),
  };
}

function createExtremes(statistic: Statistic, count: number, isLowest: boolean): Places {
  const extremes = new Int16Array(count).fill(UNKNOWN);
  return {
    add(first, columnOf, codes, start) {
      for (let k = 0; k < columnOf.length; k++) {
        const code = codes[start + k] as number;
        if (code === UNKNOWN) continue;
        const place = first + (columnOf[k] as number);
        const before = extremes[place] as number;
        if (before === UNKNOWN || (isLowest ? code < before : code > before)) extremes[place] = code;
      }
    },
    value: (place) => valueOf(statistic, extremes[place] as number),
  };
}
