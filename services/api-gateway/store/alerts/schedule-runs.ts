import type { SessionStatus } from '#contract/session-status';
import type { RunRow } from '../schedules/runs.ts';
import type { Queryable } from '../queryable.ts';

export interface WatchedSchedule {
  id: number;
  name: string;
  is_paused: boolean;
  has_baseline: boolean;
}

/** All schedules, oldest first. */
export function listWatched(tx: Queryable): Promise<WatchedSchedule[]> {
  return tx.query<WatchedSchedule>(
    `select id, request ->> 'name' as name, is_paused,
       exists (select from baselines where schedule_id = schedules.id) as has_baseline
     from schedules order by id`,
  );
}

export type RunWithSession = Pick<RunRow, 'due_at' | 'status' | 'session_id' | 'problem' | 'missed'> & {
  session_status: SessionStatus | null;
};

/** The runs of a schedule that were due after `since`, newest first. */
export function runsSince(
  tx: Queryable,
  scheduleId: number,
  since: Date,
  limit: number,
): Promise<RunWithSession[]> {
  return tx.query<RunWithSession>(
    `select due_at, r.status, session_id, problem, missed, s.status as session_status
     from schedule_runs r left join sessions s on s.id = r.session_id
     where schedule_id = $1 and due_at > $2 order by due_at desc limit $3`,
    [scheduleId, since, limit],
  );
}
