import { hasEnded, type SessionStatus } from '#contract/session-status';

/** A session as it is stored. */
export interface StoredSession {
  id: number;
  status: SessionStatus;
  revision: number;
  completed: number;
  handedOver: boolean;
}

/** A session as the orchestrator lists it. */
export interface ListedSession {
  id: number;
  status: SessionStatus;
  revision: number;
  completed: number;
}

/** What to do about one session. */
export type Repair =
  /** The orchestrator has never heard of it: give it the session. */
  | { do: 'hand_over'; id: number }
  /** The orchestrator has lost it: give it the session with what is stored. */
  | { do: 'restore'; id: number }
  /** Fetch what is missing, store the status, confirm. */
  | { do: 'catch_up'; id: number; points: boolean; status: boolean; listed: ListedSession }
  /** The stored status is newer than the orchestrator's: its journal has lost its last state. */
  | { do: 'correct'; id: number; listed: ListedSession }
  /**
   * It has ended, and the orchestrator has it in progress (an old journal, or it was away): cancel
   * it there.
   */
  | { do: 'cancel'; id: number }
  /** Nothing to store: say what is stored, so that the orchestrator can forget it. */
  | { do: 'confirm'; id: number; listed: ListedSession }
  /** A session of another database. */
  | { do: 'ignore'; id: number };

/**
 * Compares what is stored with what the orchestrator says. `stored` holds every session that has
 * not ended and every one that is listed, oldest first; the repairs come in that order, so that
 * sessions are handed over in the order of their creation. `wasAhead` says of a session that its
 * stored revision was ahead of the orchestrator's already in the last comparison: once may be a
 * message that overtook the list, twice is none that the orchestrator sent.
 */
export function decideRepairs(
  stored: StoredSession[],
  listed: ListedSession[],
  wasAhead: (id: number, storedRevision: number, listedRevision: number) => boolean,
): Repair[] {
  const listedById = new Map(listed.map((session) => [session.id, session]));
  const storedIds = new Set(stored.map((session) => session.id));
  const foreign = listed
    .filter(({ id }) => !storedIds.has(id))
    .map(({ id }): Repair => ({ do: 'ignore', id }));
  return [
    ...stored.flatMap((session) => decideOne(session, listedById.get(session.id), wasAhead)),
    ...foreign,
  ];
}

function decideOne(
  stored: StoredSession,
  listed: ListedSession | undefined,
  wasAhead: (id: number, storedRevision: number, listedRevision: number) => boolean,
): Repair[] {
  const { id } = stored;
  if (!listed) {
    if (hasEnded(stored.status)) return [];
    return [{ do: stored.handedOver || stored.completed > 0 ? 'restore' : 'hand_over', id }];
  }
  const points = listed.completed > stored.completed;
  if (hasEnded(stored.status)) {
    // An ended session stays ended, whatever the revisions are. The rotor must rest first; points
    // come afterwards.
    if (!hasEnded(listed.status)) return [{ do: 'cancel', id }];
    return [points ? { do: 'catch_up', id, points, status: false, listed } : { do: 'confirm', id, listed }];
  }
  if (stored.revision > listed.revision)
    return wasAhead(id, stored.revision, listed.revision) ? [{ do: 'correct', id, listed }] : [];
  const status = listed.revision > stored.revision;
  return points || status || !stored.handedOver
    ? [{ do: 'catch_up', id, points, status, listed }]
    : [{ do: 'confirm', id, listed }];
}
