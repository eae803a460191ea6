import type { GridBounds } from '#shared/sky/grid-shape';
import type { Queryable } from '../queryable.ts';
import { boundsOf, type SessionRow } from '../sessions.ts';

export interface Period {
  from?: Date | undefined;
  to?: Date | undefined;
}

const AT = 'coalesce(s.started_at, s.created_at)';
const OF_SCHEDULE = `from schedule_runs r join sessions s on s.id = r.session_id
  where r.schedule_id = $1 and ($2::timestamptz is null or ${AT} >= $2) and ($3::timestamptz is null or ${AT} < $3)`;

/** Sessions with the same grid, and when they started, Unix milliseconds. */
export interface SessionsOfGrid {
  bounds: GridBounds;
  ids: number[];
  at_ms: number[];
}

/** The sessions of a schedule that have points, by grid. */
export async function listByGrid(
  db: Queryable,
  scheduleId: number,
  { from, to }: Period,
): Promise<SessionsOfGrid[]> {
  type Row = Pick<SessionRow, 'grid' | 'az_start' | 'az_end' | 'el_start' | 'el_end' | 'step_deg'> &
    Omit<SessionsOfGrid, 'bounds'>;
  const names = 's.grid, s.az_start, s.az_end, s.el_start, s.el_end, s.step_deg';
  const rows = await db.query<Row>(
    `select ${names}, array_agg(s.id) as ids, array_agg(date_part('epoch', ${AT}) * 1000) as at_ms
     ${OF_SCHEDULE} and s.completed_points > 0 group by ${names}`,
    [scheduleId, from ?? null, to ?? null],
  );
  return rows.map((row) => ({ bounds: boundsOf(row), ids: row.ids, at_ms: row.at_ms }));
}

export interface LevelRow {
  id: number;
  at_ms: number;
  level: number;
}

/**
 * The mean power of cells of each session that has a point in one of them, dBm or dBFS. Takes as
 * long as reading one or two pages per session and cell.
 */
export async function readCellLevels(
  db: Queryable,
  { ids, at_ms }: Omit<SessionsOfGrid, 'bounds'>,
  cells: readonly number[],
): Promise<LevelRow[]> {
  const rows = await db.query<Omit<LevelRow, 'at_ms'>>(
    `select session_id as id, 10 * log(avg(power(10, mean_dbm / 10))) as level
     from unnest($1::int[]) as wanted (id) join points on session_id = wanted.id and cell = any($2::int[])
     group by session_id`,
    [ids, cells],
  );
  const startedAtMs = new Map(ids.map((id, index) => [id, at_ms[index] ?? 0]));
  return rows.map((row) => ({ ...row, at_ms: startedAtMs.get(row.id) ?? 0 }));
}

/** The peaks of a source of the catalogue in the sessions of a schedule, dB above the sky. */
export function readSourceLevels(
  db: Queryable,
  scheduleId: number,
  entryId: number,
  { from, to }: Period,
): Promise<LevelRow[]> {
  const sources = `select session_id, max(peak_db) as level from sources
    where catalogue_id in (select id from catalogue where entry_id = $4) group by session_id`;
  return db.query<LevelRow>(
    `select s.id, date_part('epoch', ${AT}) * 1000 as at_ms, peak.level
     ${OF_SCHEDULE.replace('where', `join (${sources}) peak on peak.session_id = s.id where`)}`,
    [scheduleId, from ?? null, to ?? null, entryId],
  );
}

/** A completed session of a schedule. */
export interface FrameRow {
  id: number;
  at: Date;
  completed_points: number;
}

/** The completed sessions of a schedule, oldest first. */
export function listFrames(db: Queryable, scheduleId: number, { from, to }: Period): Promise<FrameRow[]> {
  return db.query<FrameRow>(
    `select s.id, ${AT} as at, s.completed_points ${OF_SCHEDULE} and s.status = 'completed' order by at, s.id`,
    [scheduleId, from ?? null, to ?? null],
  );
}
