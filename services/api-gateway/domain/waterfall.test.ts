import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STATISTICS, UNKNOWN, codeOf, type Statistic } from '#shared/spectrum/point-spectrum';
import { columnsOf, createWaterfallRows, waterfallShape } from './waterfall.ts';

describe('the shape of a waterfall', () => {
  test.each([
    ['as many points and channels as fit', 512, 100, 1, 512, 1, 100],
    ['one more point', 513, 100, 2, 257, 1, 100],
    ['one more channel', 512, 101, 1, 512, 2, 51],
    ['a million points', 1_000_000, 4_096, 1_954, 512, 41, 100],
    ['no points', 0, 10, 1, 0, 1, 10],
  ])('%s', (_, points, channels, pointsPerRow, rows, channelsPerColumn, columns) => {
    const range = { firstChannel: 5, lastChannel: 4 + channels };
    const seqs = { firstSeq: 11, lastSeq: 10 + points };
    const shape = waterfallShape(range, seqs, { maxRows: 512, maxColumns: 100 });
    expect(shape).toEqual({ range, ...seqs, pointsPerRow, rows, channelsPerColumn, columns });
  });

  test('has the frequencies of its columns', () => {
    const band = { firstChannelHz: 1_000, channelHz: 10, channels: 50 };
    const shape = waterfallShape(
      { firstChannel: 2, lastChannel: 9 },
      { firstSeq: 1, lastSeq: 1 },
      { maxRows: 1, maxColumns: 3 },
    );
    // Channels 2 to 4 are centred on channel 3.
    expect(columnsOf(band, shape)).toEqual({ firstChannelHz: 1_030, channelHz: 30, channels: 3 });
  });

  test('never exceeds the limits, and leaves out nothing', () => {
    const size = fc.integer({ min: 1, max: 5_000 });
    const limit = fc.integer({ min: 1, max: 2_048 });
    fc.assert(
      fc.property(size, size, limit, limit, (points, channels, maxRows, maxColumns) => {
        const shape = waterfallShape(
          { firstChannel: 0, lastChannel: channels - 1 },
          { firstSeq: 1, lastSeq: points },
          { maxRows, maxColumns },
        );
        expect(shape.rows).toBeLessThanOrEqual(maxRows);
        expect(shape.columns).toBeLessThanOrEqual(maxColumns);
        expect(shape.rows * shape.pointsPerRow).toBeGreaterThanOrEqual(points);
        expect((shape.rows - 1) * shape.pointsPerRow).toBeLessThan(points);
        expect(shape.columns * shape.channelsPerColumn).toBeGreaterThanOrEqual(channels);
        expect((shape.columns - 1) * shape.channelsPerColumn).toBeLessThan(channels);
      }),
    );
  });
});

/** Two points of two channels as one value. */
function reduced(statistic: Statistic, values: number[]): number {
  const shape = waterfallShape(
    { firstChannel: 0, lastChannel: 1 },
    { firstSeq: 1, lastSeq: 2 },
    { maxRows: 1, maxColumns: 1 },
  );
  const rows = createWaterfallRows(statistic, shape, 0, 1);
  const codes = Int16Array.from(values, (value) => codeOf(statistic, value));
  rows.add({ firstSeq: 1, points: 2, firstChannel: 0, channels: 2, codes });
  // Outside of the waterfall.
  rows.add({ firstSeq: 3, points: 1, firstChannel: 0, channels: 2, codes: Int16Array.of(0, 0) });
  rows.add({ firstSeq: 1, points: 1, firstChannel: 2, channels: 2, codes: Int16Array.of(0, 0) });
  return rows.value(0, 0);
}

describe('values that share a place', () => {
  test.each([
    ['mean', [-90, -80, -90, -80], -82.596],
    ['median', [-90, -80, NaN, NaN], -82.596],
    ['min', [-90, -80, NaN, -95], -95],
    ['max', [-90, -80, NaN, -95], -80],
    ['kurtosis', [1, 10, NaN, 0.1], 10],
    ['occupancy', [0, 1, NaN, 0.5], 0.5],
  ] as const)('%s', (statistic, values, expected) => {
    expect(reduced(statistic, [...values])).toBeCloseTo(expected, 3);
  });

  test('are not known if none of them is', () => {
    for (const statistic of STATISTICS) expect(reduced(statistic, [NaN, NaN, NaN, NaN])).toBeNaN();
    expect(codeOf('mean', NaN)).toBe(UNKNOWN);
  });
});
