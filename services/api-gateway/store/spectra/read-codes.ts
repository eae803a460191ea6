import { endianness } from 'node:os';
import { STATISTICS, type Statistic } from '#shared/spectrum/point-spectrum';
import type { CodeChunk } from '../../domain/code-chunk.ts';
import { createBinaryRow } from '../binary-row.ts';
import type { Database } from '../queryable.ts';
import { whole } from '../whole.ts';
import type { StoredBand } from './bands.ts';
import { BLOCK_BYTES, BLOCK_CHANNELS, CODE_BYTES, TILE_POINTS, tileOf, unknownCodes } from './layout.ts';

/** Values of one statistic; ends included. */
export interface CodeRange {
  statistic: Statistic;
  firstSeq: number;
  lastSeq: number;
  firstChannel: number;
  lastChannel: number;
}

/**
 * Size of the codes that a query should read at most: the event loop handles up to 2 MB from a
 * socket at once.
 */
export const QUERY_BYTES = 2 ** 20;

// What a socket delivers at once: node-postgres copies a longer message repeatedly.
const PIECE_BYTES = 32_768;

/**
 * Calls `onChunk` with the stored values of a range in chunks of any order: blocks of tiles, and
 * the points of the incomplete tile. A chunk may extend beyond the range of channels; it is valid
 * only during the call. One query, so a range should have at most
 * `QUERY_BYTES`.
 */
export async function readCodes(
  db: Pick<Database, 'copy'>,
  band: StoredBand,
  range: CodeRange,
  onChunk: (chunk: CodeChunk) => void,
): Promise<void> {
  const row = createBinaryRow();
  const codesOf = createCodeReader();
  await db.copy(
    `copy (${tiles(band, range)} union all ${rows(band, range)}) to stdout (format binary)`,
    (bytes) => {
      row.read(bytes);
      const [firstSeq, firstChannel, channels] = [row.int4(), row.int4(), row.int4()];
      const codes = codesOf(row.bytes());
      onChunk({ firstSeq, points: codes.length / channels, firstChannel, channels, codes });
    },
  );
}

/** Blocks of tiles, each in pieces. */
function tiles({ sessionId, band }: StoredBand, range: CodeRange): string {
  const [first, last] = [whole(range.firstSeq), whole(range.lastSeq)];
  const blockOf = (channel: number) => Math.floor(whole(channel) / BLOCK_CHANNELS);
  const piece = PIECE_BYTES / BLOCK_BYTES;
  return `select tile * ${TILE_POINTS} + start + 1, block * ${BLOCK_CHANNELS}, ${BLOCK_CHANNELS},
      substr(codes, start * ${BLOCK_BYTES} + 1, least(stop - start, ${piece}) * ${BLOCK_BYTES})
    from (
      select tile, block, codes, greatest(${first - 1} - tile * ${TILE_POINTS}, 0) as begin,
        least(${last} - tile * ${TILE_POINTS}, octet_length(codes) / ${BLOCK_BYTES}) as stop
      from spectrum_tiles where session_id = ${whole(sessionId)} and band = ${whole(band)}
        and statistic = ${STATISTICS.indexOf(range.statistic)} and tile between ${tileOf(first)} and ${tileOf(last)}
        and block between ${blockOf(range.firstChannel)} and ${blockOf(range.lastChannel)}
    ) t cross join lateral generate_series(begin, stop - 1, ${piece}) start`;
}

/** Points of the incomplete tile, as many per row as fit. */
function rows({ sessionId, band }: StoredBand, range: CodeRange): string {
  const { statistic, firstChannel, lastChannel } = range;
  const channels = whole(lastChannel) - whole(firstChannel) + 1;
  const points = Math.max(1, Math.floor(PIECE_BYTES / CODE_BYTES / channels));
  const ofBand = `r.session_id = ${whole(sessionId)} and r.band = ${whole(band)}`;
  const slice = `substr(r.${statistic}, ${firstChannel * CODE_BYTES + 1}, ${channels * CODE_BYTES})`;
  return `select piece, ${firstChannel}, ${channels}, part.codes
    from (
      select min(seq) as low, max(seq) as high from spectrum_rows r
      where ${ofBand} and seq between ${whole(range.firstSeq)} and ${whole(range.lastSeq)}
    ) ends cross join lateral generate_series(low, high, ${points}) piece cross join lateral (
      select string_agg(coalesce(${slice}, ${unknownCodes(channels)}), ''::bytea order by s) as codes
      from generate_series(piece, least(piece + ${points - 1}, high)) s
      left join spectrum_rows r on ${ofBand} and r.seq = s
    ) part`;
}

/** Converts bytes to codes, in memory that is used again. */
function createCodeReader(): (bytes: Buffer) => Int16Array {
  let memory = new Int16Array(PIECE_BYTES / CODE_BYTES);
  return (bytes) => {
    const count = bytes.length / CODE_BYTES;
    if (count > memory.length) memory = new Int16Array(count);
    const codes = memory.subarray(0, count);
    const target = Buffer.from(codes.buffer, 0, bytes.length);
    bytes.copy(target);
    if (endianness() === 'BE') target.swap16();
    return codes;
  };
}
