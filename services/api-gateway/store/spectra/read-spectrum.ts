import {
  STATISTICS,
  codesOfBytes,
  type SpectrumCodes,
  type Statistic,
} from '#shared/spectrum/point-spectrum';
import type { PointNumber } from '../points.ts';
import type { Queryable } from '../queryable.ts';
import { BAND_COLUMNS, toBand, type BandRow, type StoredBand } from './bands.ts';
import { HEAD_BYTES, decodeHead, type SpectrumHead } from './heads.ts';
import { BLOCK_BYTES, BLOCK_CHANNELS, TILE_POINTS } from './layout.ts';

/** The stored spectrum of a point. */
export interface StoredSpectrum extends SpectrumHead {
  point: PointNumber;
  band: StoredBand;
  codes: SpectrumCodes;
}

/** A point by its number or its cell. */
export type PointKey = { seq: number } | { cell: number };

/** As in `spectrum_rows`; null: not known. */
type RowCodes = Record<Statistic, Buffer | null>;

interface SpectrumRow extends BandRow, PointNumber, RowCodes {
  is_packed: boolean;
  head: Buffer;
  /** Bit k stands for the k-th statistic; null: the tile has none. */
  tile_statistics: number | null;
  /** The codes of these statistics, one after the other. */
  tile_codes: Buffer | null;
}

/** The spectrum of a point in a band, in one query; undefined: it has none. */
export async function readSpectrum(
  db: Queryable,
  sessionId: number,
  band: number,
  key: PointKey,
): Promise<StoredSpectrum | undefined> {
  const [sql, value] = 'seq' in key ? [BY_SEQ, key.seq] : [BY_CELL, key.cell];
  const [row] = await db.query<SpectrumRow>(sql, [sessionId, band, value]);
  const head = row && row.head.length > 0 ? decodeHead(row.head) : undefined;
  if (!row || !head) return undefined;
  const stored = toBand(sessionId, row);
  return {
    ...head,
    point: { seq: row.seq, cell: row.cell },
    band: stored,
    codes: row.is_packed ? codesOfTile(row, stored.channels) : codesOfRow(row),
  };
}

const BY_SEQ = spectrumSql('seq');
const BY_CELL = spectrumSql('cell');

/** A point has its codes in a row, or 16 channels of each block of its tile. */
function spectrumSql(key: 'seq' | 'cell'): string {
  const index = `(p.seq - 1) % ${TILE_POINTS}`;
  return `select ${BAND_COLUMNS.map((name) => `b.${name}`).join(', ')}, p.seq, p.cell, r.seq is null as is_packed,
      coalesce(r.head, substr(h.heads, ${index} * ${HEAD_BYTES} + 1, ${HEAD_BYTES})) as head,
      ${STATISTICS.map((name) => `r.${name}`).join(', ')}, tile_statistics, tile_codes
    from points p
    join spectrum_bands b on b.session_id = $1 and b.band = $2
    left join spectrum_rows r on r.session_id = $1 and r.band = $2 and r.seq = p.seq
    left join spectrum_heads h on h.session_id = $1 and h.band = $2 and h.tile = (p.seq - 1) / ${TILE_POINTS}
    left join lateral (
      select bit_or(1 << statistic) as tile_statistics,
        string_agg(substr(codes, ${index} * ${BLOCK_BYTES} + 1, ${BLOCK_BYTES}), ''::bytea order by statistic, block) as tile_codes
      from spectrum_tiles
      where session_id = $1 and band = $2 and statistic in (${[...STATISTICS.keys()].join()}) and tile = h.tile and r.seq is null
    ) t on true
    where p.session_id = $1 and p.${key} = $3 and (r.seq is not null or h.tile is not null)`;
}

function codesOfRow(row: RowCodes): SpectrumCodes {
  return codesBy((name) => {
    const bytes = row[name];
    return bytes === null ? undefined : codesOfBytes(bytes);
  });
}

function codesOfTile(
  { tile_statistics, tile_codes }: Pick<SpectrumRow, 'tile_statistics' | 'tile_codes'>,
  channels: number,
): SpectrumCodes {
  const size = Math.ceil(channels / BLOCK_CHANNELS) * BLOCK_BYTES;
  let offset = 0;
  return codesBy((_, index) => {
    if (tile_codes === null || ((tile_statistics ?? 0) & (1 << index)) === 0) return undefined;
    const codes = codesOfBytes(tile_codes.subarray(offset, offset + size));
    offset += size;
    // The last block of a tile may have channels that do not exist.
    return codes.subarray(0, channels);
  });
}

function codesBy(codesOf: (name: Statistic, index: number) => Int16Array | undefined): SpectrumCodes {
  return Object.fromEntries(STATISTICS.map((name, index) => [name, codesOf(name, index)])) as SpectrumCodes;
}
