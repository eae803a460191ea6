import type { GridBounds } from '#shared/sky/grid-shape';
import type { Queryable } from '../queryable.ts';
import { boundsOf, type SessionRow } from '../sessions.ts';

export interface Period {
  from?: Date | undefined;
  to?: Date | undefined;
}

const AT = 'coalesce(s.started_at, s.created_at)';
const OF_SCHEDULE = `from schedule_runs r join sessions s on s.id = r.session_id
  where r.schedule_id = $1 and s.frame is null and ($2::timestamptz is null or ${AT} >= $2) and ($3::timestamptz is null or ${AT} < $3)`;

type GridColumns = Pick<SessionRow, 'grid' | 'az_start' | 'az_end' | 'el_start' | 'el_end' | 'step_deg'>;
const GRID = [
  'grid',
  'az_start',
  'az_end',
  'el_start',
  'el_end',
  'step_deg',
] as const satisfies (keyof GridColumns)[];

/** The sessions of a schedule with the same grid. */
export interface GridSessions {
  bounds: GridBounds;
  /** Their levels are in `cell_levels`. */
  isStored: boolean;
  /** Unix milliseconds by id. */
  times: Map<number, number>;
}

/** Id (int32) and time (float64), big-endian. */
const TIME_BYTES = 12;

/**
 * The sessions of a schedule by grid. Reads indices only, and is packed: 10,000 rows would take
 * longer in this process.
 */
export async function listGrids(
  db: Queryable,
  scheduleId: number,
  { from, to }: Period,
): Promise<GridSessions[]> {
  const names = ['has_cell_levels', ...GRID].map((name) => `s.${name}`).join();
  const rows = await db.query<GridColumns & { has_cell_levels: boolean; packed: Buffer }>(
    `select ${names}, string_agg(int4send(s.id) || float8send(date_part('epoch', ${AT}) * 1000), ''::bytea) as packed
     ${OF_SCHEDULE} group by ${names}`,
    [scheduleId, from ?? null, to ?? null],
  );
  return rows.map(({ packed, ...row }) => ({
    bounds: boundsOf(row),
    isStored: row.has_cell_levels,
    times: new Map(
      Array.from({ length: packed.length / TIME_BYTES }, (_, n) => [
        packed.readInt32BE(n * TIME_BYTES),
        packed.readDoubleBE(n * TIME_BYTES + 4),
      ]),
    ),
  }));
}

export interface LevelRow {
  id: number;
  at_ms: number;
  level: number;
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
