import { hourOfBin } from '../../domain/baselines/bins.ts';
import { decodeFloats, encodeFloats } from '../../domain/baselines/columns.ts';
import type { Queryable } from '../queryable.ts';

/** Usual levels of the cells in one band; NaN: none. */
export interface BandStatistics {
  sessions: number;
  /** Pooled over the cells; null: one session. */
  spread_db: number | null;
  count: ArrayLike<number>;
  centre: ArrayLike<number>;
  spread: ArrayLike<number>;
}

/** The newest sessions of a bin whose levels are kept and whose statistics are computed. */
const MAX_BIN_SESSIONS = 500;
/** Sessions whose levels are read at once. */
const PER_QUERY = 50;
const CLAIM = `interval '60 s'`;
const COLUMNS = 3;

/** Undefined: the bin has no sessions. */
export async function readStatistics(
  db: Queryable,
  baselineId: number,
  bin: string,
  band: number,
): Promise<BandStatistics | undefined> {
  const [row] = await db.query<{ sessions: number; spread_db: number | null; statistics: Buffer }>(
    'select sessions, spread_db, statistics from baseline_statistics where baseline_id = $1 and bin = $2 and band = $3',
    [baselineId, bin, band],
  );
  if (!row) return undefined;
  const [count = [], centre = [], spread = []] = decodeFloats(row.statistics, COLUMNS);
  return { sessions: row.sessions, spread_db: row.spread_db, count, centre, spread };
}

/** Sizes of the bins. */
export function listBins(
  db: Queryable,
  baselineId: number,
): Promise<{ bin: string; sessions: number; spread_db: number | null }[]> {
  return db.query(
    'select bin, sessions, spread_db from baseline_statistics where baseline_id = $1 and band = 0 order by bin',
    [baselineId],
  );
}

/** Takes a baseline whose statistics are stale and that no other gateway works on. */
export async function claimStale(
  db: Queryable,
): Promise<{ id: number; bins: string[]; revision: number; bands: number; cells: number } | undefined> {
  const [row] = await db.query<{
    id: number;
    bins: string[];
    revision: number;
    bands: number;
    cells: number;
  }>(
    `update baselines set claimed_until = now() + ${CLAIM} where id = (
       select id from baselines where stale_bins <> '{}' and coalesce(claimed_until, '-infinity') < now()
       order by id limit 1 for update skip locked)
     returning id, stale_bins as bins, revision, jsonb_array_length(bands) as bands,
       coalesce(octet_length(cells), 0) / 8 as cells`,
  );
  return row;
}

/** Keeps a baseline for this gateway. */
export async function renewStale(db: Queryable, id: number): Promise<void> {
  await db.query(`update baselines set claimed_until = now() + ${CLAIM} where id = $1`, [id]);
}

/** Gives a baseline back. */
export async function releaseStale(db: Queryable, id: number): Promise<void> {
  await db.query('update baselines set claimed_until = null where id = $1', [id]);
}

/** Replaces the statistics of a bin; empty: no sessions. The baseline must be locked. */
export async function replaceStatistics(
  tx: Queryable,
  baselineId: number,
  bin: string,
  bands: readonly BandStatistics[],
): Promise<void> {
  await tx.query('delete from baseline_statistics where baseline_id = $1 and bin = $2', [baselineId, bin]);
  for (const [band, { sessions, spread_db, count, centre, spread }] of bands.entries())
    await tx.query(
      `insert into baseline_statistics (baseline_id, bin, band, sessions, spread_db, statistics) values ($1, $2, $3, $4, $5, $6)`,
      [baselineId, bin, band, sessions, spread_db, encodeFloats([count, centre, spread])],
    );
  await tx.query('update baselines set stale_bins = array_remove(stale_bins, $2) where id = $1', [
    baselineId,
    bin,
  ]);
}

/** The newest included sessions of a bin, without one. */
export async function sessionsOfBin(
  db: Queryable,
  baselineId: number,
  bin: string,
  exceptId?: number,
): Promise<number[]> {
  const hour = hourOfBin(bin);
  const rows = await db.query<{ session_id: number }>(
    `select session_id from baseline_sessions where baseline_id = $1 and status = 'included'
       and ($2::int is null or ${hour?.column ?? 'local_hour'} = $2) and session_id is distinct from $3
     order by session_id desc limit ${MAX_BIN_SESSIONS}`,
    [baselineId, hour?.hour ?? null, exceptId ?? null],
  );
  return rows.map(({ session_id }) => session_id);
}

/** Stored levels (level-codes.ts) of these sessions in a band. */
export async function* readLevels(
  db: Queryable,
  baselineId: number,
  band: number,
  sessionIds: readonly number[],
): AsyncGenerator<Buffer, void> {
  for (let from = 0; from < sessionIds.length; from += PER_QUERY) {
    const rows = await db.query<{ levels: Buffer }>(
      'select levels from baseline_levels where baseline_id = $1 and band = $2 and session_id = any($3)',
      [baselineId, band, sessionIds.slice(from, from + PER_QUERY)],
    );
    for (const { levels } of rows) yield levels;
  }
}

/** Stores the levels of a session by band. */
export async function storeLevels(
  tx: Queryable,
  baselineId: number,
  sessionId: number,
  bands: readonly Buffer[],
): Promise<void> {
  for (const [band, levels] of bands.entries())
    await tx.query(
      `insert into baseline_levels (baseline_id, session_id, band, levels) values ($1, $2, $3, $4)
       on conflict (baseline_id, session_id, band) do update set levels = excluded.levels`,
      [baselineId, sessionId, band, levels],
    );
}

/** Deletes the levels of sessions that are not among the newest ones of any of their bins. */
export async function deleteOldLevels(tx: Queryable, baselineId: number): Promise<void> {
  const newest = (partition: string) =>
    `row_number() over (${partition} order by session_id desc) > ${MAX_BIN_SESSIONS}`;
  await tx.query(
    `delete from baseline_levels where baseline_id = $1 and session_id in (
       select session_id from (
         select session_id, ${newest('')} and ${newest('partition by local_hour')}
           and ${newest('partition by sidereal_hour')} as is_old
         from baseline_sessions where baseline_id = $1 and status = 'included'
       ) ranked where is_old)`,
    [baselineId],
  );
}
