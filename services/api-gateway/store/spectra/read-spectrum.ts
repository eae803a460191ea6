import {
  STATISTICS,
  codesOfBytes,
  type SpectrumCodes,
  type Statistic,
} from '#shared/spectrum/point-spectrum';
import type { Queryable } from '../queryable.ts';
import type { StoredBand } from './bands.ts';
import { HEAD_BYTES, decodeHead, type SpectrumHead } from './heads.ts';
import { BLOCK_BYTES, firstSeqOf, tileOf } from './layout.ts';

/** The stored spectrum of a point. */
export interface StoredSpectrum extends SpectrumHead {
  codes: SpectrumCodes;
}

type StatisticBytes = Record<Statistic, Buffer | null>;

/** The spectrum of a point; undefined: it has none. */
export async function readSpectrum(
  db: Queryable,
  { sessionId, band, channels }: StoredBand,
  seq: number,
): Promise<StoredSpectrum | undefined> {
  const tile = tileOf(seq);
  const index = seq - firstSeqOf(tile);
  const [row] = await db.query<StatisticBytes & { head: Buffer }>(SPECTRUM, [
    sessionId,
    band,
    seq,
    tile,
    index * HEAD_BYTES + 1,
    index * BLOCK_BYTES + 1,
  ]);
  return row && row.head.length > 0 ? toSpectrum(row.head, row, channels) : undefined;
}

// From its row, or its 32 bytes of each block of the tile.
const VALUES = STATISTICS.map(
  (name, statistic) => `case when r.seq is not null then r.${name} else (
    select string_agg(substr(codes, $6, ${BLOCK_BYTES}), ''::bytea order by block) from spectrum_tiles
    where session_id = $1 and band = $2 and statistic = ${statistic} and tile = $4
  ) end as ${name}`,
);
const SPECTRUM = `select coalesce(r.head, substr(h.heads, $5, ${HEAD_BYTES})) as head, ${VALUES.join(', ')}
  from (select 1) one
  left join spectrum_rows r on r.session_id = $1 and r.band = $2 and r.seq = $3
  left join spectrum_heads h on h.session_id = $1 and h.band = $2 and h.tile = $4
  where r.seq is not null or h.tile is not null`;

function toSpectrum(head: Buffer, bytes: StatisticBytes, channels: number): StoredSpectrum | undefined {
  const decoded = decodeHead(head);
  const codesOf = (name: Statistic) => {
    const known = bytes[name];
    // The last block of a tile may have channels that do not exist.
    return known === null ? undefined : codesOfBytes(known).subarray(0, channels);
  };
  const codes = Object.fromEntries(STATISTICS.map((name) => [name, codesOf(name)])) as SpectrumCodes;
  return decoded && { ...decoded, codes };
}
