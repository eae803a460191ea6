import { hasEnded } from '#contract/session-status';
import type { PointMessage } from '#contract/mqtt-messages';
import { createKeyedMutex } from '#shared/runtime/keyed-mutex';
import { sleep } from '#shared/runtime/waiting';
import { toFacts } from '../published.ts';
import type { Database } from '../store/queryable.ts';
import { findSession, listByIds, type SessionRow } from '../store/sessions.ts';
import { mayGrow } from './added-points.ts';
import { checkPoint } from './check-point.ts';
import type { PointIntake } from './intake.ts';
import type { Outcome } from './outcome.ts';
import type { SessionObserver } from './recorder.ts';

/** Shows viewers what another gateway records. */
export interface Follower extends PointIntake {
  /** Shows what MQTT has not: call it every few seconds. */
  refresh(): Promise<void>;
}

export interface FollowedSessions extends SessionObserver {
  watchedIds(): number[];
  isWatched(sessionId: number): boolean;
}

// The owner stores a status within milliseconds, unless it has to fetch points first.
const STORED_AFTER_MS = [20, 100, 300, 1_000];

// A session whose messages arrive needs no query.
const QUIET_MS = 3_000;

/**
 * Takes points from MQTT without the database: a point that continues the last one and fits the
 * plan is shown at once. Everything else (a gap, a status) is shown when the owner has stored it.
 */
export function createFollower(parts: {
  db: Database;
  siteName: (siteId: number) => string | undefined;
  observer: FollowedSessions;
  signal: AbortSignal;
}): Follower {
  const { db, siteName, observer, signal } = parts;
  /** Sessions with viewers, as they were shown last. */
  const shown = new Map<number, SessionRow>();
  /** When a session was shown last. */
  const shownAtMs = new Map<number, number>();
  /** The seqs up to which points are awaited from the owner. */
  const awaited = new Map<number, number>();
  const exclusively = createKeyedMutex();

  async function load(id: number): Promise<SessionRow | undefined> {
    const row = shown.get(id) ?? (await findSession(db, id));
    if (row) shown.set(id, row);
    return row;
  }

  function keep(row: SessionRow): void {
    shown.set(row.id, row);
    shownAtMs.set(row.id, performance.now());
  }

  function show(row: SessionRow): void {
    const completed = Math.max(row.completed_points, shown.get(row.id)?.completed_points ?? 0);
    keep({ ...row, completed_points: completed });
    observer.announce(toFacts(row), []);
  }

  /** Shows the session when it is stored as the condition says; false: not within 1.5 s. */
  async function showWhen(id: number, isStored: (row: SessionRow) => boolean): Promise<boolean> {
    for (const waitMs of STORED_AFTER_MS) {
      await sleep(waitMs, signal);
      const row = await findSession(db, id);
      if (!row) return false;
      if (!isStored(row)) continue;
      show(row);
      return true;
    }
    return false;
  }

  async function showWhenStored(id: number, seq: number): Promise<void> {
    const isWaiting = awaited.has(id);
    awaited.set(id, Math.max(seq, awaited.get(id) ?? 0));
    if (isWaiting) return;
    try {
      await showWhen(id, ({ completed_points }) => completed_points >= (awaited.get(id) ?? 0));
    } finally {
      awaited.delete(id);
    }
  }

  async function showPoint(id: number, message: PointMessage): Promise<Outcome> {
    const { session_id, seq, measurement, site } = message;
    const row = await load(id);
    if (!row) return { dropped: 'unknown session' };
    if (session_id !== id || seq !== measurement.seq)
      return { dropped: 'contradicts', detail: 'contradicts itself' };
    if (site !== siteName(row.site_id)) return { dropped: 'other site', detail: `from site ${site}` };
    const problem = checkPoint(measurement, row);
    if (problem !== undefined && mayGrow(row) && measurement.row >= row.grid_rows) {
      // Its session has grown; the owner stores that.
      showWhenStored(id, seq).catch(() => undefined);
      return 'deferred';
    }
    if (problem !== undefined) return { dropped: 'off the plan', detail: problem };
    if (seq <= row.completed_points) {
      observer.announce(toFacts(row), []);
      return 'known';
    }
    if (row.status !== 'running' || seq > row.completed_points + 1) {
      // Not awaited: the points behind it must not wait. `refresh` repeats it.
      showWhenStored(id, seq).catch(() => undefined);
      return 'deferred';
    }
    const now = { ...row, completed_points: seq };
    keep(now);
    observer.announce(toFacts(now), [measurement]);
    return 'shown';
  }

  function forget(id: number): void {
    shown.delete(id);
    shownAtMs.delete(id);
  }

  return {
    async point(id, message) {
      if (observer.isWatched(id)) return exclusively(id, () => showPoint(id, message));
      forget(id);
      return 'shown';
    },
    async statusHint(id, report) {
      if (!observer.isWatched(id)) return 'shown';
      const row = await load(id);
      if (!row) return { dropped: 'unknown session' };
      if (hasEnded(row.status)) return { dropped: 'session has ended' };
      if (report.revision <= row.revision) return 'known';
      const isShown = await showWhen(id, ({ revision }) => revision >= report.revision);
      return isShown ? 'shown' : 'deferred';
    },
    async refresh() {
      for (const id of shown.keys()) if (!observer.isWatched(id)) forget(id);
      const beforeMs = performance.now() - QUIET_MS;
      const ids = observer.watchedIds().filter((id) => (shownAtMs.get(id) ?? -Infinity) < beforeMs);
      if (ids.length > 0) for (const row of await listByIds(db, ids)) show(row);
    },
  };
}
