import { STATISTICS, type Statistic } from '#shared/spectrum/point-spectrum';
import type { Database, Queryable } from '../queryable.ts';
import { findBands, type StoredBand } from './bands.ts';
import { HEAD_BYTES } from './heads.ts';
import { BLOCK_BYTES, BLOCK_CHANNELS, CODE_BYTES, TILE_POINTS, firstSeqOf, unknownCodes } from './layout.ts';

// A statement transposes at most 8 MB: on a Raspberry Pi it takes about a second.
const CHANNELS_PER_STATEMENT = 2_048;

/**
 * Packs the spectra of complete tiles up to and including `upToSeq`; with `isLast` also those of an
 * incomplete last tile, after the session has ended. Each tile moves in one transaction. May be
 * repeated and called by several gateways at once: one packs a band, the others skip it.
 */
export async function packTiles(
  db: Database,
  sessionId: number,
  upToSeq: number,
  isLast: boolean,
): Promise<void> {
  for (const { band } of await findBands(db, sessionId))
    while (await db.transaction((tx) => packNext(tx, { sessionId, band, upToSeq, isLast })));
}

interface Packing {
  sessionId: number;
  band: number;
  upToSeq: number;
  isLast: boolean;
}

/** Points of a tile that move into it. */
interface Move {
  tile: number;
  /** Points that the tile has already. */
  packed: number;
  /** Seqs, ends included. */
  first: number;
  last: number;
}

/** Packs the first tile that is due; returns whether there was one. */
async function packNext(tx: Queryable, packing: Packing): Promise<boolean> {
  const { sessionId, band: index } = packing;
  const locked = await tx.query(
    'select 1 from spectrum_bands where session_id = $1 and band = $2 for no key update skip locked',
    [sessionId, index],
  );
  if (locked.length === 0) return false;
  const move = await nextMove(tx, packing);
  const band = (await findBands(tx, sessionId)).find((each) => each.band === index);
  if (!move || !band) return false;
  for (const statistic of await statisticsIn(tx, band, move))
    for (let channel = 0; channel < band.channels; channel += CHANNELS_PER_STATEMENT)
      await packStatistic(tx, band, move, statistic, channel);
  await packHeads(tx, band, move);
  return true;
}

async function nextMove(
  tx: Queryable,
  { sessionId, band, upToSeq, isLast }: Packing,
): Promise<Move | undefined> {
  const [next] = await tx.query<{ tile: number; last: number; packed: number }>(
    `select tile, (select max(seq) from spectrum_rows where session_id = $1 and band = $2 and seq <= least($3, (tile + 1) * ${TILE_POINTS})) as last,
       coalesce((select octet_length(heads) / ${HEAD_BYTES} from spectrum_heads h
         where h.session_id = $1 and h.band = $2 and h.tile = due.tile), 0) as packed
     from (select (min(seq) - 1) / ${TILE_POINTS} as tile from spectrum_rows where session_id = $1 and band = $2) due
     where tile is not null`,
    [sessionId, band, upToSeq],
  );
  if (!next) return undefined;
  const { tile, packed } = next;
  const end = firstSeqOf(tile + 1) - 1;
  const last = end <= upToSeq ? end : next.last;
  if ((end > upToSeq && !isLast) || last < firstSeqOf(tile) + packed) return undefined;
  return { tile, packed, first: firstSeqOf(tile) + packed, last };
}

/** Statistics that any point of the tile has. */
async function statisticsIn(
  tx: Queryable,
  band: StoredBand,
  { tile, first, last }: Move,
): Promise<Statistic[]> {
  const [known] = await tx.query<Record<Statistic, boolean>>(
    `select ${STATISTICS.map(
      (name, k) => `coalesce(bool_or(${name} is not null), false) or exists (select from spectrum_tiles
        where session_id = $1 and band = $2 and statistic = ${k} and tile = $3) as ${name}`,
    ).join(', ')}
     from spectrum_rows where session_id = $1 and band = $2 and seq between $4 and $5`,
    [band.sessionId, band.band, tile, first, last],
  );
  return STATISTICS.filter((name) => known?.[name]);
}

/**
 * Transposes some channels of one statistic: their codes of all points become one value, of which
 * each block takes 32 bytes per point. The other ways take longer (docs/adr/0035).
 */
async function packStatistic(
  tx: Queryable,
  { sessionId, band, channels }: StoredBand,
  { tile, packed, first, last }: Move,
  statistic: Statistic,
  firstChannel: number,
): Promise<void> {
  const count = Math.min(CHANNELS_PER_STATEMENT, channels - firstChannel);
  const blocks = Math.ceil(count / BLOCK_CHANNELS);
  // The last block may have channels that do not exist.
  const padded = blocks * BLOCK_CHANNELS;
  const slice = `substr(r.${statistic}, ${firstChannel * CODE_BYTES + 1}, ${count * CODE_BYTES})`;
  await tx.query(
    `with whole as materialized (
       select string_agg(coalesce(${slice}, ${unknownCodes(count)}) || ${unknownCodes(padded - count)}, ''::bytea order by s) as codes
       from generate_series($5::int, $6::int) s
       left join spectrum_rows r on r.session_id = $1 and r.band = $2 and r.seq = s
     )
     insert into spectrum_tiles as t (session_id, band, statistic, tile, block, codes)
     select $1::int, $2::smallint, $3::smallint, $4::int, block + ${firstChannel / BLOCK_CHANNELS}, ${unknownCodes(packed * BLOCK_CHANNELS)} || part.codes
     from whole cross join generate_series(0, ${blocks - 1}) block cross join lateral (
       select string_agg(substr(whole.codes, ${padded * CODE_BYTES} * n + ${BLOCK_BYTES} * block + 1, ${BLOCK_BYTES}), ''::bytea order by n) as codes
       from generate_series(0, $6::int - $5::int) n offset 0
     ) part
     on conflict (session_id, band, statistic, tile, block)
       do update set codes = t.codes || substr(excluded.codes, ${packed * BLOCK_BYTES + 1})`,
    [sessionId, band, STATISTICS.indexOf(statistic), tile, first, last],
  );
}

/** Packs the heads, then deletes the rows. */
async function packHeads(
  tx: Queryable,
  { sessionId, band }: StoredBand,
  { tile, first, last }: Move,
): Promise<void> {
  await tx.query(
    `insert into spectrum_heads as h (session_id, band, tile, heads)
     select $1::int, $2::smallint, $3::int, string_agg(coalesce(r.head, decode(repeat('00', ${HEAD_BYTES}), 'hex')), ''::bytea order by s)
     from generate_series($4::int, $5::int) s left join spectrum_rows r on r.session_id = $1 and r.band = $2 and r.seq = s
     on conflict (session_id, band, tile) do update set heads = h.heads || excluded.heads`,
    [sessionId, band, tile, first, last],
  );
  await tx.query('delete from spectrum_rows where session_id = $1 and band = $2 and seq between $3 and $4', [
    sessionId,
    band,
    first,
    last,
  ]);
}
