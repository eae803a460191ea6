import type { BaselineBand } from '../../domain/baselines/bands.ts';
import type { Cells, Setup } from '../../domain/baselines/setup.ts';
import { decodeFloats, encodeFloats } from '../../domain/baselines/columns.ts';
import type { Queryable } from '../queryable.ts';

/** A baseline without what the work on it needs. */
export interface BaselineRow {
  id: number;
  site_id: number;
  rotor_id: number;
  schedule_id: number | null;
  name: string;
  is_growing: boolean;
  /** Null: no session yet. */
  setup: Setup | null;
  bands: BaselineBand[];
  stale_bins: string[];
  revision: number;
  created_at: Date;
}

/** With numbers of its sessions. */
export interface BaselineSummary extends BaselineRow {
  cells: number;
  bins: { bin: string; sessions: number; spread_db: number | null }[];
  included: number;
  excluded: number;
  waiting: number;
  first_session_at: Date | null;
  last_session_at: Date | null;
}

export type NewBaselineRow = Pick<
  BaselineRow,
  'site_id' | 'rotor_id' | 'schedule_id' | 'name' | 'is_growing'
>;

const COLUMNS = `b.id, b.site_id, b.rotor_id, b.schedule_id, b.name, b.is_growing, b.setup, b.bands, b.stale_bins, b.revision, b.created_at`;
/** Azimuth and elevation. */
const CELL_COLUMNS = 2;
const CELL_BYTES = 8;

/** Three ranges of an index: the rows need not be told apart. */
const countOf = (status: string) =>
  `(select count(*)::int from baseline_sessions where baseline_id = b.id and status = '${status}')`;
const SUMMARY = `select ${COLUMNS}, coalesce(octet_length(b.cells), 0) / ${CELL_BYTES} as cells, coalesce(bins.bins, '[]') as bins,
    ${countOf('included')} as included, ${countOf('excluded')} as excluded, ${countOf('waiting')} as waiting,
    first_at.started_at as first_session_at, last_at.started_at as last_session_at
  from baselines b
  cross join lateral (
    select jsonb_agg(jsonb_build_object('bin', bin, 'sessions', sessions, 'spread_db', spread_db) order by bin) as bins
    from baseline_statistics where baseline_id = b.id and band = 0
  ) bins
  left join lateral (
    select started_at from sessions where id = (
      select min(session_id) from baseline_sessions where baseline_id = b.id and status = 'included')
  ) first_at on true
  left join lateral (
    select started_at from sessions where id = (
      select max(session_id) from baseline_sessions where baseline_id = b.id and status = 'included')
  ) last_at on true`;

/** All baselines, oldest first. */
export function listBaselines(db: Queryable): Promise<BaselineSummary[]> {
  return db.query<BaselineSummary>(`${SUMMARY} order by b.id`);
}

export async function findBaselineSummary(db: Queryable, id: number): Promise<BaselineSummary | undefined> {
  const [row] = await db.query<BaselineSummary>(`${SUMMARY} where b.id = $1`, [id]);
  return row;
}

export async function findBaseline(db: Queryable, id: number): Promise<BaselineRow | undefined> {
  const [row] = await db.query<BaselineRow>(`select ${COLUMNS} from baselines b where b.id = $1`, [id]);
  return row;
}

/** Until the end of the transaction, nothing else changes its sessions. */
export async function lockBaseline(tx: Queryable, id: number): Promise<BaselineRow | undefined> {
  const [row] = await tx.query<BaselineRow>(`select ${COLUMNS} from baselines b where b.id = $1 for update`, [
    id,
  ]);
  return row;
}

/** What a session is compared with by default: the baseline of its schedule, or its first one. */
export async function baselineOfSession(db: Queryable, sessionId: number): Promise<BaselineRow | undefined> {
  const [row] = await db.query<BaselineRow>(
    `select ${COLUMNS} from baselines b
     where b.schedule_id = (select schedule_id from schedule_runs where session_id = $1 limit 1)
       or b.id in (select baseline_id from comparisons where session_id = $1)
     order by b.schedule_id is not distinct from (select schedule_id from schedule_runs where session_id = $1 limit 1) desc, b.id
     limit 1`,
    [sessionId],
  );
  return row;
}

/** Returns the id. */
export async function insertBaseline(tx: Queryable, row: NewBaselineRow): Promise<number> {
  const { site_id, rotor_id, schedule_id, name, is_growing } = row;
  const [inserted] = await tx.query<{ id: number }>(
    `insert into baselines (site_id, rotor_id, schedule_id, name, is_growing) values ($1, $2, $3, $4, $5) returning id`,
    [site_id, rotor_id, schedule_id, name, is_growing],
  );
  if (!inserted) throw new Error('insert returned no row');
  return inserted.id;
}

export async function changeBaseline(
  db: Queryable,
  id: number,
  { name, is_growing }: { name?: string | undefined; is_growing?: boolean | undefined },
): Promise<void> {
  await db.query(
    'update baselines set name = coalesce($2, name), is_growing = coalesce($3, is_growing) where id = $1',
    [id, name ?? null, is_growing ?? null],
  );
}

/** Its sessions stay. */
export async function deleteBaseline(db: Queryable, id: number): Promise<void> {
  await db.query('delete from baselines where id = $1', [id]);
}

/** Sets what the first session of a baseline decides. */
export async function setSetup(
  tx: Queryable,
  id: number,
  { setup, bands, cells }: { setup: Setup; bands: BaselineBand[]; cells: Cells },
): Promise<void> {
  await tx.query('update baselines set setup = $2, bands = $3, cells = $4 where id = $1', [
    id,
    JSON.stringify(setup),
    JSON.stringify(bands),
    encodeFloats([cells.azimuthDeg, cells.elevationDeg]),
  ]);
}

/** Undefined: no session yet. */
export async function readCells(db: Queryable, id: number): Promise<Cells | undefined> {
  const [row] = await db.query<{ cells: Buffer | null }>('select cells from baselines where id = $1', [id]);
  if (!row?.cells) return undefined;
  const [azimuthDeg, elevationDeg] = decodeFloats(row.cells, CELL_COLUMNS);
  return azimuthDeg && elevationDeg && { azimuthDeg, elevationDeg };
}

/** The statistics of these bins are not those of the sessions. The baseline must be locked. */
export async function markStale(tx: Queryable, id: number, bins: readonly string[]): Promise<void> {
  await tx.query(
    `update baselines set revision = revision + 1,
       stale_bins = array(select distinct unnest(stale_bins || $2::text[]) order by 1) where id = $1`,
    [id, bins],
  );
}
