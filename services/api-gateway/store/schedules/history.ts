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

type GridColumns = Pick<SessionRow, 'grid' | 'az_start' | 'az_end' | 'el_start' | 'el_end' | 'step_deg'>;
const GRID = [
  'grid',
  'az_start',
  'az_end',
  'el_start',
  'el_end',
  'step_deg',
] as const satisfies (keyof GridColumns)[];

/** The grids of the sessions of a schedule. */
export async function listGrids(
  db: Queryable,
  scheduleId: number,
  { from, to }: Period,
): Promise<GridBounds[]> {
  const rows = await db.query<GridColumns>(
    `select distinct ${GRID.map((name) => `s.${name}`).join()} ${OF_SCHEDULE} and s.completed_points > 0`,
    [scheduleId, from ?? null, to ?? null],
  );
  return rows.map(boundsOf);
}

export interface LevelRow {
  id: number;
  at_ms: number;
  level: number;
}

/** Session (int32), time (float64) and level (float64), big-endian. */
const PACKED_BYTES = 20;

/**
 * The mean power of cells of each session of a schedule with a grid, dBm or dBFS. Takes as long as
 * reading one or two pages per session and cell; packed, because 10,000 rows would take as long
 * again in this process.
 */
export async function readCellLevels(
  db: Queryable,
  scheduleId: number,
  { from, to }: Period,
  { kind, azStartDeg, azEndDeg, elStartDeg, elEndDeg, stepDeg }: GridBounds,
  cells: readonly number[],
): Promise<LevelRow[]> {
  const isOfGrid = GRID.map((name, k) => `s.${name} = $${k + 5}`).join(' and ');
  const [row] = await db.query<{ packed: Buffer | null }>(
    `select string_agg(int4send(id) || float8send(at_ms) || float8send(level), ''::bytea) as packed from (
       select s.id, date_part('epoch', ${AT}) * 1000 as at_ms, 10 * log(avg(power(10, mean_dbm / 10))) as level
       ${OF_SCHEDULE.replace('where', 'join points p on p.session_id = s.id and p.cell = any($4::int[]) where')}
         and ${isOfGrid}
       group by s.id
     ) levels`,
    [scheduleId, from ?? null, to ?? null, cells, kind, azStartDeg, azEndDeg, elStartDeg, elEndDeg, stepDeg],
  );
  const packed = row?.packed ?? Buffer.alloc(0);
  return Array.from({ length: packed.length / PACKED_BYTES }, (_, n) => ({
    id: packed.readInt32BE(n * PACKED_BYTES),
    at_ms: packed.readDoubleBE(n * PACKED_BYTES + 4),
    level: packed.readDoubleBE(n * PACKED_BYTES + 12),
  }));
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
