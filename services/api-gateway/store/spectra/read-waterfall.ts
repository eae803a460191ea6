import { createWaterfallRows, type WaterfallRows, type WaterfallShape } from '../../domain/waterfall.ts';
import type { Database } from '../queryable.ts';
import type { BandSelection } from './read-band.ts';
import { CODE_BYTES, TILE_POINTS } from './layout.ts';
import { QUERY_BYTES, readCodes } from './read-codes.ts';

/** Consecutive rows of a waterfall. */
export interface WaterfallPart {
  rows: WaterfallRows;
  count: number;
}

/** Values in memory, 12 bytes each. */
const MAX_PLACES = 262_144;

/** The rows of a waterfall in order; reads each value once. */
export async function* readWaterfall(
  db: Pick<Database, 'copy'>,
  { band, statistic }: BandSelection,
  shape: WaterfallShape,
): AsyncGenerator<WaterfallPart, void> {
  const { range, pointsPerRow, columns, rows: total } = shape;
  const bytesPerPoint = (range.lastChannel - range.firstChannel + 1) * CODE_BYTES;
  const pointsPerQuery = Math.max(1, Math.min(TILE_POINTS, Math.floor(QUERY_BYTES / bytesPerPoint)));
  const rowsPerPart = Math.max(
    1,
    Math.min(Math.floor(pointsPerQuery / pointsPerRow), Math.floor(MAX_PLACES / columns)),
  );
  for (let row = 0; row < total; row += rowsPerPart) {
    const count = Math.min(rowsPerPart, total - row);
    const rows = createWaterfallRows(statistic, shape, row, count);
    const end = Math.min(shape.lastSeq, shape.firstSeq + (row + count) * pointsPerRow - 1);
    for (let firstSeq = shape.firstSeq + row * pointsPerRow; firstSeq <= end; firstSeq += pointsPerQuery) {
      const lastSeq = Math.min(end, firstSeq + pointsPerQuery - 1);
      await readCodes(db, band, { statistic, firstSeq, lastSeq, ...range }, rows.add);
    }
    yield { rows, count };
  }
}
