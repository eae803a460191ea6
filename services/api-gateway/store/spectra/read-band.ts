import type { Statistic } from '#shared/spectrum/point-spectrum';
import { createBandValues } from '../../domain/band-values.ts';
import type { ChannelRange } from '../../domain/channel-range.ts';
import type { Database } from '../queryable.ts';
import type { StoredBand } from './bands.ts';
import { BLOCK_BYTES, BLOCK_CHANNELS, TILE_POINTS, firstSeqOf, tileOf } from './layout.ts';
import { QUERY_BYTES, readCodes } from './read-codes.ts';

/** A frequency range of the spectra of a session. */
export interface BandSelection {
  band: StoredBand;
  range: ChannelRange;
  statistic: Statistic;
}

/** The values of consecutive points. */
export interface BandBlock {
  firstSeq: number;
  /** NaN: not known. */
  values: Float64Array;
}

const MAX_TILES = 16;

/** Values of the points after `afterSeq` up to and including `upToSeq`; a query per block. */
export async function* readBand(
  db: Pick<Database, 'copy'>,
  selection: BandSelection,
  afterSeq: number,
  upToSeq: number,
): AsyncGenerator<BandBlock, void> {
  const tiles = tilesPerQuery(selection.range);
  for (let firstSeq = afterSeq + 1; firstSeq <= upToSeq;) {
    const lastSeq = Math.min(upToSeq, firstSeqOf(tileOf(firstSeq) + tiles) - 1);
    yield { firstSeq, values: await readBandValues(db, selection, firstSeq, lastSeq) };
    firstSeq = lastSeq + 1;
  }
}

/** Values of a range of points, ends included, in one query. */
export async function readBandValues(
  db: Pick<Database, 'copy'>,
  { band, range, statistic }: BandSelection,
  firstSeq: number,
  lastSeq: number,
): Promise<Float64Array> {
  const found = createBandValues(statistic, range, firstSeq, lastSeq - firstSeq + 1);
  await readCodes(db, band, { statistic, firstSeq, lastSeq, ...range }, found.add);
  return found.values();
}

function tilesPerQuery({ firstChannel, lastChannel }: ChannelRange): number {
  const blocks = Math.ceil((lastChannel - firstChannel + 1) / BLOCK_CHANNELS);
  return Math.max(1, Math.min(MAX_TILES, Math.floor(QUERY_BYTES / (blocks * BLOCK_BYTES * TILE_POINTS))));
}
