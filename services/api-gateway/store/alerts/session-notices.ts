import type { SessionEvent } from '#contract/notifications';
import type { SessionStatus } from '#contract/session-status';
import type { Queryable } from '../queryable.ts';

/** A session that is paused or has ended. */
export interface StandingSession {
  id: number;
  rotor: string;
  status: SessionStatus;
  status_since: Date;
  for_ms: number;
  resumes_itself: boolean | null;
  notes: string | null;
  user_notes: string | null;
  completed_points: number;
  total_points: number;
}

/** What is older is no news. */
const MAX_AGE = `interval '24 hours'`;

/** Sessions that got their status in the last 24 hours, of which the channels may not know. */
export function listStanding(db: Queryable): Promise<StandingSession[]> {
  return db.query<StandingSession>(
    `select id, rotor ->> 'name' as rotor, status, status_since, resumes_itself, notes, user_notes, completed_points, total_points,
       (extract(epoch from now() - status_since) * 1000)::float8 as for_ms
     from sessions
     where status in ('paused', 'completed', 'cancelled') and status_since > now() - ${MAX_AGE}
       and (status = 'paused' or not exists (select from session_notices n where n.session_id = sessions.id and n.since = status_since))
     order by status_since`,
  );
}

/** Whether it was new. */
export async function addNotice(
  tx: Queryable,
  { id, status_since }: StandingSession,
  event: SessionEvent,
): Promise<boolean> {
  // The time as the database has it: a Date has milliseconds only.
  const rows = await tx.query(
    `insert into session_notices (session_id, event, since)
     select id, $2, status_since from sessions where id = $1 and date_trunc('milliseconds', status_since) = date_trunc('milliseconds', $3::timestamptz)
     on conflict do nothing returning session_id`,
    [id, event, status_since],
  );
  return rows.length > 0;
}
