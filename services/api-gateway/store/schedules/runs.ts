import type { PublishedRun } from '#contract/rest/schedules';
import type { Queryable } from '../queryable.ts';

export interface RunRow {
  id: number;
  schedule_id: number;
  due_at: Date;
  is_manual: boolean;
  status: PublishedRun['status'];
  session_id: number | null;
  /** The session that it had, which was deleted. */
  removed_session_id: number | null;
  removed_at: Date | null;
  problem: string | null;
  missed: number;
  ended_at: Date | null;
}

type NewRun = Pick<RunRow, 'schedule_id' | 'due_at' | 'status'> &
  Partial<Pick<RunRow, 'is_manual' | 'problem' | 'missed'>>;

const COLUMNS =
  'id, schedule_id, due_at, is_manual, status, session_id, removed_session_id, removed_at, problem, missed, ended_at';

/** Adds a run; undefined if the schedule has one for this time. */
export async function insertRun(tx: Queryable, run: NewRun): Promise<RunRow | undefined> {
  const { schedule_id, due_at, status, is_manual = false, problem = null, missed = 0 } = run;
  const [row] = await tx.query<RunRow>(
    `insert into schedule_runs (schedule_id, due_at, status, is_manual, problem, missed, ended_at)
     values ($1, $2, $3, $4, $5, $6, case when $3 = 'waiting' then null else $2::timestamptz end)
     on conflict do nothing returning ${COLUMNS}`,
    [schedule_id, due_at, status, is_manual, problem, missed],
  );
  return row;
}

/** The runs of a schedule, newest first. */
export function listRuns(db: Queryable, scheduleId: number, limit: number): Promise<RunRow[]> {
  return db.query<RunRow>(
    `select ${COLUMNS} from schedule_runs where schedule_id = $1 order by due_at desc limit $2`,
    [scheduleId, limit],
  );
}

/** The newest run of each schedule that has one. */
export function listLastRuns(db: Queryable, scheduleIds: number[]): Promise<RunRow[]> {
  return db.query<RunRow>(
    `select run.* from unnest($1::int[]) as schedule (id), lateral
       (select ${COLUMNS} from schedule_runs where schedule_id = schedule.id order by due_at desc limit 1) run`,
    [scheduleIds],
  );
}

/** Takes waiting runs, oldest first, which no other gateway takes until `until`. */
export function claimWaitingRuns(db: Queryable, now: Date, until: Date): Promise<RunRow[]> {
  return db.query<RunRow>(
    `update schedule_runs set claimed_until = $2 where id in
       (select id from schedule_runs where status = 'waiting' and (claimed_until is null or claimed_until <= $1 or claimed_until > $2)
        order by due_at for update skip locked)
     returning ${COLUMNS}`,
    [now, until],
  );
}

/** Shows why a run waits. It is tried again after `retryAt`. */
export async function keepWaiting(db: Queryable, id: number, problem: string, retryAt: Date): Promise<void> {
  await db.query(
    `update schedule_runs set problem = $2, claimed_until = $3 where id = $1 and status = 'waiting'`,
    [id, problem, retryAt],
  );
}

/** Ends a waiting run; false: it is not waiting any more. */
export async function endRun(
  tx: Queryable,
  id: number,
  end: { status: RunRow['status']; at: Date; problem?: string; sessionId?: number },
): Promise<boolean> {
  const rows = await tx.query(
    `update schedule_runs set status = $2, ended_at = $3, problem = $4, session_id = $5, claimed_until = null
     where id = $1 and status = 'waiting' returning id`,
    [id, end.status, end.at, end.problem ?? null, end.sessionId ?? null],
  );
  return rows.length > 0;
}

/** Ends the waiting runs of a schedule, but one. Their last problem is kept in the reason. */
export async function skipWaitingRuns(
  tx: Queryable,
  scheduleId: number,
  reason: string,
  at: Date,
  exceptId?: number,
): Promise<void> {
  await tx.query(
    `update schedule_runs set status = 'skipped', ended_at = $3, problem = concat_ws(': ', $2::text, problem), claimed_until = null
     where schedule_id = $1 and status = 'waiting' and id is distinct from $4`,
    [scheduleId, reason, at, exceptId ?? null],
  );
}
