import { parseId } from '#contract/ids';
import { sessionNotFound } from '../scans/act-on-scan.ts';
import type { Queryable } from '../store/queryable.ts';
import { findSession, type SessionRow } from '../store/sessions.ts';

/** The session with an id from a path. Throws 404. */
export type SessionOf = (id: unknown) => Promise<SessionRow>;

export function createSessionOf(db: Queryable): SessionOf {
  return async (id) => {
    const known = parseId(id);
    const session = known === undefined ? undefined : await findSession(db, known);
    if (!session) throw sessionNotFound();
    return session;
  };
}
