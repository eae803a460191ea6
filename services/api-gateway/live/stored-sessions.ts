import { Semaphore } from 'async-mutex';
import { errorKind } from '#shared/base/errors';
import { sleep } from '#shared/runtime/waiting';
import { toFacts } from '../published.ts';
import type { Database } from '../store/queryable.ts';
import { readPoints } from '../store/points.ts';
import { findSession } from '../store/sessions.ts';
import type { StoredSessions } from './session-hub.ts';

// Reconnecting viewers share the database with the recorder: only four read at a time.
const MAX_READERS = 4;
const RETRY_MS = 500;

/** Reads for viewers; waits for an unavailable database until the signal fires. */
export function createStoredSessions(db: Database, signal: AbortSignal): StoredSessions {
  const readers = new Semaphore(MAX_READERS);
  async function untilRead<T>(read: () => Promise<T>): Promise<T | undefined> {
    while (!signal.aborted) {
      try {
        return await readers.runExclusive(read);
      } catch (error) {
        if (errorKind(error) !== 'unavailable') throw error;
      }
      await sleep(RETRY_MS, signal).catch(() => undefined);
    }
    return undefined;
  }
  return {
    async facts(sessionId) {
      const row = await readers.runExclusive(() => findSession(db, sessionId));
      return row && toFacts(row);
    },
    points: (sessionId, range) => untilRead(() => readPoints(db, sessionId, range)).catch(() => undefined),
  };
}
