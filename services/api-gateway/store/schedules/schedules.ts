import type { ScheduleRequest } from '#contract/rest/schedules';
import type { Queryable } from '../queryable.ts';

export interface ScheduleRow {
  id: number;
  site_id: number;
  rotor_id: number;
  request: ScheduleRequest;
  is_paused: boolean;
  created_at: Date;
  next_run_at: Date | null;
  checked_at: Date;
  /** Null: not known. */
  expected_duration_s: number | null;
}

/** When a schedule is due next, and the time of the look. */
export type NextRun = Pick<ScheduleRow, 'next_run_at' | 'checked_at'>;

const SELECT = `select schedules.*, rotors.site_id from schedules join rotors on rotors.id = schedules.rotor_id`;

/** All schedules, oldest first. */
export function listSchedules(db: Queryable): Promise<ScheduleRow[]> {
  return db.query<ScheduleRow>(`${SELECT} order by schedules.id`);
}

export async function findSchedule(db: Queryable, id: number): Promise<ScheduleRow | undefined> {
  const [row] = await db.query<ScheduleRow>(`${SELECT} where schedules.id = $1`, [id]);
  return row;
}

/** Reads a schedule and blocks its runs until the transaction ends. */
export async function lockSchedule(tx: Queryable, id: number): Promise<ScheduleRow | undefined> {
  const [row] = await tx.query<ScheduleRow>(`${SELECT} where schedules.id = $1 for update of schedules`, [
    id,
  ]);
  return row;
}

/** Locks schedules that may have a run due; those that another gateway looks at are left to it. */
export function lockDueSchedules(tx: Queryable, now: Date, limit: number): Promise<ScheduleRow[]> {
  return tx.query<ScheduleRow>(
    `${SELECT} where not is_paused and (next_run_at <= $1 or checked_at > $1)
     order by next_run_at limit $2 for update of schedules skip locked`,
    [now, limit],
  );
}

/** Returns the id. */
export async function insertSchedule(
  tx: Queryable,
  request: ScheduleRequest,
  {
    next_run_at,
    checked_at,
    expected_duration_s = null,
  }: NextRun & Partial<Pick<ScheduleRow, 'expected_duration_s'>>,
): Promise<number> {
  const [row] = await tx.query<{ id: number }>(
    `insert into schedules (rotor_id, request, created_at, next_run_at, checked_at, expected_duration_s)
     values ($1, $2, $4, $3, $4, $5) returning id`,
    [request.scan.rotor_id, JSON.stringify(request), next_run_at, checked_at, expected_duration_s],
  );
  if (!row) throw new Error('insert returned no row');
  return row.id;
}

export async function changeSchedule(
  tx: Queryable,
  {
    id,
    request,
    is_paused,
    next_run_at,
    checked_at,
    expected_duration_s,
  }: Omit<ScheduleRow, 'site_id' | 'rotor_id' | 'created_at'>,
): Promise<void> {
  await tx.query(
    `update schedules set rotor_id = $2, request = $3, is_paused = $4, next_run_at = $5, checked_at = $6,
       expected_duration_s = $7 where id = $1`,
    [
      id,
      request.scan.rotor_id,
      JSON.stringify(request),
      is_paused,
      next_run_at,
      checked_at,
      expected_duration_s,
    ],
  );
}

export async function setNextRun(
  tx: Queryable,
  id: number,
  { next_run_at, checked_at }: NextRun,
): Promise<void> {
  await tx.query('update schedules set next_run_at = $2, checked_at = $3 where id = $1', [
    id,
    next_run_at,
    checked_at,
  ]);
}

/** The next runs of a site's schedules are computed again at the next look. */
export async function recomputeNextRuns(tx: Queryable, siteId: number): Promise<void> {
  await tx.query(
    `update schedules set checked_at = '9999-01-01Z' from rotors where rotors.id = rotor_id and site_id = $1`,
    [siteId],
  );
}

/** Deletes a schedule and its history; its sessions stay. */
export async function deleteSchedule(tx: Queryable, id: number): Promise<void> {
  await tx.query('delete from schedules where id = $1', [id]);
}
