import type { Measurement } from '#contract/measurement';
import type { Metrics } from '../metrics.ts';
import type { SessionFacts } from '../published.ts';
import type { SessionObserver } from '../recorder/recorder.ts';
import { LIVE_CHANNELS } from '#contract/live/channels';
import { CLOSE } from '#contract/live/close-codes';
import { sleep } from '#shared/runtime/waiting';
import type { LiveSocket } from './live-socket.ts';
import type { EventLoopScheduler } from '../http/event-loop-scheduler.ts';
import { createReplayLimiter } from './replay-limiter.ts';
import { createLivePoint, NOT_STORED_YET_MS, Viewer, type ReadStored, type ViewerOptions } from './viewer.ts';

/** Source of the points that viewers have missed. */
export interface StoredSessions {
  /** Undefined for an unknown session. */
  facts(sessionId: number): Promise<SessionFacts | undefined>;
  points(sessionId: number, range: Parameters<ReadStored>[0]): ReturnType<ReadStored>;
}

/** Sends stored points to the viewers. Per session it holds only the current progress. */
export interface SessionHub extends SessionObserver {
  /**
   * Sends the status and then follows the session; closes the socket if the session does not exist.
   */
  attach(socket: LiveSocket, sessionId: number, options: ViewerOptions): Promise<void>;
  /** Closes the sockets of a session that was deleted. */
  end(sessionId: number): void;
  watchedIds(): number[];
  isWatched(sessionId: number): boolean;
}

/** Viewers that miss more points read them on their own, each at its pace. */
const SHARED_READ = 100;
const SHARED_READ_MS = 2_000;

interface Watched {
  facts: SessionFacts | undefined;
  viewers: Set<Viewer>;
  /** Whether points that were announced without their content are being read for all viewers. */
  isReading: boolean;
  /** Viewers whose session is still being read. */
  arriving: number;
}

export function createSessionHub(
  stored: StoredSessions,
  metrics: Metrics,
  scheduler: Pick<EventLoopScheduler, 'nextSlot'>,
): SessionHub {
  const watched = new Map<number, Watched>();
  const limiter = createReplayLimiter(scheduler);

  function merge(session: Watched, facts: SessionFacts, correction: boolean): SessionFacts {
    const known = session.facts;
    if (!known) return (session.facts = facts);
    const newer = correction || facts.revision > known.revision ? facts : known;
    return (session.facts = { ...newer, completed: Math.max(known.completed, facts.completed) });
  }

  function advanceAll(session: Watched, facts: SessionFacts, points: Measurement[]): void {
    const live = points.map((point) => createLivePoint(facts, point));
    for (const viewer of [...session.viewers]) viewer.advance(facts, live);
  }

  /**
   * Another gateway has stored points: reads them once for all viewers. Without this, every viewer
   * would read every point.
   */
  async function readForAll(session: Watched, known: SessionFacts): Promise<void> {
    session.isReading = true;
    const points: Measurement[] = [];
    const untilMs = Date.now() + SHARED_READ_MS;
    // A viewer that is not level with the progress would read on its own, so it gets everything at
    // once.
    while (session.facts && session.viewers.size > 0 && points.length <= SHARED_READ) {
      const { id, completed: upToSeq } = session.facts;
      const afterSeq = points.at(-1)?.seq ?? known.completed;
      if (afterSeq >= upToSeq) break;
      const read = await stored.points(id, { afterSeq, upToSeq, limit: SHARED_READ });
      if (!read) break;
      points.push(...read);
      if (read.length > 0) continue;
      // Shown by a message, and not stored yet.
      if (Date.now() > untilMs) break;
      await sleep(NOT_STORED_YET_MS);
    }
    session.isReading = false;
    if (!session.facts) return;
    // Points have the status that viewers know; a new one follows in a message of its own.
    const live = points.map((point) => createLivePoint(known, point));
    for (const viewer of [...session.viewers]) viewer.advance(session.facts, live);
  }

  function leave(sessionId: number, session: Watched, viewer?: Viewer): void {
    if (viewer) session.viewers.delete(viewer);
    if (session.viewers.size === 0 && session.arriving === 0) watched.delete(sessionId);
  }

  return {
    announce(facts, points, correction = false) {
      const session = watched.get(facts.id);
      if (!session) return;
      const known = session.facts ?? facts;
      const now = merge(session, facts, correction);
      // Its viewers get these points from the reading that has begun.
      if (session.viewers.size === 0 || session.isReading) return;
      const missing = (points[0]?.seq ?? now.completed + 1) - 1 - known.completed;
      if (missing > 0 && missing <= SHARED_READ) void readForAll(session, known);
      else advanceAll(session, now, points);
    },
    async attach(socket, sessionId, options) {
      // Registered before the row is read, so that points stored meanwhile are merged.
      const session = watched.get(sessionId) ?? {
        facts: undefined,
        viewers: new Set(),
        isReading: false,
        arriving: 0,
      };
      watched.set(sessionId, session);
      session.arriving++;
      try {
        const loaded = session.facts ?? (await stored.facts(sessionId));
        if (!loaded) {
          socket.close(CLOSE.unknown, LIVE_CHANNELS.session.notFound);
          return;
        }
        const facts = merge(session, loaded, false);
        if (socket.readyState !== socket.OPEN) return;
        const read: ReadStored = (range) => stored.points(sessionId, range);
        const viewer = new Viewer(socket, facts, options, read, limiter, () => metrics.viewersTooSlow.inc());
        session.viewers.add(viewer);
        socket.once('close', () => leave(sessionId, session, viewer));
      } finally {
        session.arriving--;
        leave(sessionId, session);
      }
    },
    end(sessionId) {
      for (const viewer of [...(watched.get(sessionId)?.viewers ?? [])]) viewer.end();
    },
    watchedIds: () => [...watched.keys()],
    isWatched: (sessionId) => watched.has(sessionId),
  };
}
