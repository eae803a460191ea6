import type { SessionStatus } from '#contract/session-status';
import type { Queryable } from '../queryable.ts';

export interface ScheduledSessionRow {
  id: number;
  status: SessionStatus;
  at: Date;
  /** A baseline or an alert that is not cleared has it. */
  is_needed: boolean;
}

/** The sessions of a schedule. */
export function listScheduledSessions(db: Queryable, scheduleId: number): Promise<ScheduledSessionRow[]> {
  return db.query<ScheduledSessionRow>(
    `select s.id, s.status, coalesce(s.started_at, s.created_at) as at,
       exists (select from baseline_sessions where session_id = s.id and status in ('included', 'waiting'))
         or exists (select from alerts where session_id = s.id and status <> 'cleared') as is_needed
     from schedule_runs join sessions s on s.id = session_id where schedule_id = $1`,
    [scheduleId],
  );
}

/** Schedules that delete sessions; their requests say which. */
export function listKeepingSchedules(db: Queryable): Promise<{ id: number }[]> {
  return db.query<{ id: number }>(`select id from schedules where request -> 'keep' <> 'null' order by id`);
}

/** Key of the advisory lock of the gateway that deletes sessions of schedules. */
const LOCK = 0x5c48;

/** False: another gateway is at it. Until the end of the transaction. */
export async function lockHousekeeping(tx: Queryable): Promise<boolean> {
  const [row] = await tx.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1, 0) as locked', [
    LOCK,
  ]);
  return row?.locked ?? false;
}
