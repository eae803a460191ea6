import type { NewBaseline } from '#contract/rest/baselines';
import { hasEnded } from '#contract/session-status';
import { SkyScanError } from '#shared/base/errors';
import { insertBaseline } from '../store/baselines/baselines.ts';
import { addScheduledSessions, addWaiting } from '../store/baselines/members.ts';
import type { Database } from '../store/queryable.ts';
import { requireDirections } from '../domain/require-directions.ts';
import { findSchedule } from '../store/schedules/schedules.ts';
import { listByIds, type SessionRow } from '../store/sessions.ts';

/** A session that cannot be in the baseline, by its index in `session_ids`. */
export class SessionIdError extends SkyScanError {
  readonly index: number;

  constructor(index: number, message: string) {
    super('invalid', message);
    this.index = index;
  }
}

/**
 * Creates a baseline and returns its id. Throws `not_found` for an unknown schedule or session,
 * `busy` for a session that has not ended or has no points, `SessionIdError` for one of another
 * rotor.
 */
export async function createBaseline(db: Database, request: NewBaseline): Promise<number> {
  const { name, schedule_id, session_ids = [] } = request;
  if (schedule_id !== undefined) {
    const schedule = await findSchedule(db, schedule_id);
    if (!schedule) throw new SkyScanError('not_found', 'Schedule not found');
    const { site_id, rotor_id } = schedule;
    const id = await insertBaseline(db, { site_id, rotor_id, schedule_id, name, is_growing: true });
    await addScheduledSessions(db);
    return id;
  }
  const [first] = await usableSessions(db, session_ids);
  if (!first) throw new SessionIdError(0, 'Must have at least one session');
  const { site_id, rotor_id } = first;
  return db.transaction(async (tx) => {
    const row = { site_id, rotor_id, schedule_id: null, name, is_growing: false };
    const id = await insertBaseline(tx, row);
    await addWaiting(tx, id, [...new Set(session_ids)], false);
    return id;
  });
}

async function usableSessions(db: Database, ids: readonly number[]): Promise<SessionRow[]> {
  const rows = new Map((await listByIds(db, [...ids])).map((session) => [session.id, session]));
  const sessions = ids.map((id) => requireUsable(rows.get(id), id));
  const [first] = sessions;
  sessions.forEach(({ id, rotor_id }, index) => {
    if (first && rotor_id !== first.rotor_id)
      throw new SessionIdError(
        index,
        `Session ${id} is of rotor ${rotor_id}; session ${first.id} is of rotor ${first.rotor_id}`,
      );
  });
  return sessions;
}

/** Throws `not_found`, and `busy` if it has not ended or has no points. */
export function requireUsable(session: SessionRow | undefined, id: number): SessionRow {
  if (!session) throw new SkyScanError('not_found', `Scan session ${id} not found`);
  if (!hasEnded(session.status))
    throw new SkyScanError('busy', `Session ${id} has not ended: it is ${session.status}`);
  requireDirections(session);
  if (session.completed_points === 0) throw new SkyScanError('busy', `Session ${id} has no points`);
  return session;
}
