import { UNKNOWN } from '#shared/spectrum/point-spectrum';
import type { Database } from '../queryable.ts';
import { BLOCK_CHANNELS, CODE_BYTES, TILE_POINTS } from './layout.ts';
import type { BandSelection } from './read-band.ts';
import { QUERY_BYTES, readCodes } from './read-codes.ts';

/** The codes of one channel in all cells; unknown where nothing was measured. */
export type Plane = Int16Array;

/** Where the points are. */
export interface PointCells {
  cells: number;
  /** By seq, from 1; -1: the point does not count. */
  cellOf: Int32Array;
}

/** Memory of the channels that are read together. */
const MAX_BYTES = 2 ** 25;

/** The planes of a selection in the order of frequency: reads each value once. */
export async function* readPlanes(
  db: Pick<Database, 'copy'>,
  { band, range, statistic }: BandSelection,
  { cells, cellOf }: PointCells,
): AsyncGenerator<Plane, void> {
  const blocks = Math.max(1, Math.floor(MAX_BYTES / (BLOCK_CHANNELS * CODE_BYTES * cells)));
  const lastSeq = cellOf.length - 1;
  for (let first = range.firstChannel; first <= range.lastChannel;) {
    // Up to the end of a block of a tile.
    const end = (Math.floor(first / BLOCK_CHANNELS) + blocks) * BLOCK_CHANNELS - 1;
    const channels = { firstChannel: first, lastChannel: Math.min(end, range.lastChannel) };
    const planes = Array.from({ length: channels.lastChannel - first + 1 }, () =>
      new Int16Array(cells).fill(UNKNOWN),
    );
    const pointsPerQuery = Math.max(1, Math.floor(QUERY_BYTES / (planes.length * CODE_BYTES)));
    const step = Math.min(16 * TILE_POINTS, pointsPerQuery);
    for (let firstSeq = 1; firstSeq <= lastSeq; firstSeq += step)
      await readCodes(
        db,
        band,
        { statistic, firstSeq, lastSeq: Math.min(lastSeq, firstSeq + step - 1), ...channels },
        (chunk) => {
          for (let point = 0; point < chunk.points; point++) {
            const cell = cellOf[chunk.firstSeq + point] ?? -1;
            if (cell < 0) continue;
            for (let k = 0; k < chunk.channels; k++) {
              const plane = planes[chunk.firstChannel + k - first];
              if (plane) plane[cell] = chunk.codes[point * chunk.channels + k] as number;
            }
          }
        },
      );
    yield* planes;
    first = channels.lastChannel + 1;
  }
}
