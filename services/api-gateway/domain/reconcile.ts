import { hasEnded, type SessionStatus } from '#contract/session-status';

/** A stored session. */
export interface StoredSession {
  id: number;
  status: SessionStatus;
  revision: number;
  completed: number;
  total: number;
  handedOver: boolean;
}

/** A session as the orchestrator lists it. */
export interface ListedSession {
  id: number;
  status: SessionStatus;
  revision: number;
  completed: number;
  /** Grows when a scan is refined. */
  total: number;
}

/** The action for one session. */
export type Repair =
  /** The orchestrator never had it: hand it over. */
  | { do: 'hand_over'; id: number }
  /** The orchestrator has lost it: hand it over with the stored cells. */
  | { do: 'restore'; id: number }
  /** Fetch missing points, store the status, confirm. */
  | { do: 'catch_up'; id: number; points: boolean; status: boolean; listed: ListedSession }
  /** The stored status is newer than the orchestrator's, whose journal has lost its last state. */
  | { do: 'correct'; id: number; listed: ListedSession }
  /**
   * It has ended, but the orchestrator still runs it (an old journal, or it was away): cancel it
   * there.
   */
  | { do: 'cancel'; id: number }
  /** Nothing to store: confirm what is stored, so that the orchestrator can delete it. */
  | { do: 'confirm'; id: number; listed: ListedSession }
  /** A session of another database or site. */
  | { do: 'ignore'; id: number };

/**
 * Compares the stored sessions of a site with those of its orchestrator. `stored`: all that have
 * not ended and all listed ones, oldest first; the repairs keep this order, so sessions are handed
 * over in the order of creation. `wasAhead`: whether the stored revision was ahead in the last
 * comparison too. Once, a message may have overtaken the list; twice, the orchestrator never sent
 * the status.
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
    // An ended session stays ended, whatever the revisions. Stop the rotor first, fetch points
    // afterwards.
    if (!hasEnded(listed.status)) return [{ do: 'cancel', id }];
    return [points ? { do: 'catch_up', id, points, status: false, listed } : { do: 'confirm', id, listed }];
  }
  if (stored.revision > listed.revision)
    return wasAhead(id, stored.revision, listed.revision) ? [{ do: 'correct', id, listed }] : [];
  const status = listed.revision > stored.revision;
  const grows = listed.total > stored.total;
  return points || status || grows || !stored.handedOver
    ? [{ do: 'catch_up', id, points, status, listed }]
    : [{ do: 'confirm', id, listed }];
}
