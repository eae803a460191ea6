import type { Logger } from '#shared/runtime/logger';
import { sessionsToDelete } from '../domain/schedules/housekeeping.ts';
import { deleteSession } from '../store/deletions/delete-session.ts';
import {
  listKeepingSchedules,
  listScheduledSessions,
  lockHousekeeping,
} from '../store/deletions/scheduled-sessions.ts';
import type { Database } from '../store/queryable.ts';
import { findSchedule } from '../store/schedules/schedules.ts';

/**
 * Deletes the sessions that their schedules do not keep, each in its own transaction. One gateway
 * at a time; repeating it deletes nothing more.
 */
export async function deleteScheduled(db: Database, logger: Logger, signal: AbortSignal): Promise<void> {
  for (const { id } of await listKeepingSchedules(db)) {
    const schedule = await findSchedule(db, id);
    if (!schedule?.request.keep) continue;
    const sessions = (await listScheduledSessions(db, id)).map((session) => ({
      id: session.id,
      atMs: session.at.getTime(),
      status: session.status,
      isNeeded: session.is_needed,
    }));
    const { keep, time_zone } = schedule.request;
    for (const sessionId of sessionsToDelete(sessions, keep, time_zone)) {
      if (signal.aborted) return;
      const result = await db.transaction(async (tx) =>
        (await lockHousekeeping(tx)) ? { refusal: await deleteSession(tx, sessionId) } : undefined,
      );
      if (!result) return;
      if (!result.refusal) logger.info({ schedule: id, session: sessionId }, 'deleted an old session');
    }
  }
}
