import { reasonOf, sessionEvent, SUSPENDED_MS } from '../domain/alerts/session-notice.ts';
import { queueSessionDeliveries } from '../store/alerts/deliveries.ts';
import { addNotice, listStanding, type StandingSession } from '../store/alerts/session-notices.ts';
import type { Database } from '../store/queryable.ts';

/**
 * Tells the channels what has become of sessions: each state once, whichever gateway sees it first.
 * Returns when a suspended session is to be reported, ms from now; undefined: none is.
 */
export async function evaluateSessions(db: Database): Promise<number | undefined> {
  let nextInMs: number | undefined;
  for (const session of await listStanding(db)) {
    const reason = reasonOf(session.notes, session.user_notes);
    const { status, for_ms: forMs } = session;
    const resumesItself = session.resumes_itself ?? false;
    const event = sessionEvent({ status, forMs, resumesItself, reason });
    if (event) {
      const notice = noticeOf(session, reason);
      await db.transaction(async (tx) => {
        if (await addNotice(tx, session, event)) await queueSessionDeliveries(tx, event, notice);
      });
    } else if (resumesItself) nextInMs = Math.min(nextInMs ?? Infinity, SUSPENDED_MS - forMs);
  }
  return nextInMs;
}

function noticeOf(session: StandingSession, reason: string | undefined) {
  const { id, rotor, status, completed_points, total_points, status_since } = session;
  return {
    id,
    rotor,
    status,
    completed_points,
    total_points,
    reason: reason ?? null,
    since: status_since.toISOString(),
  };
}
