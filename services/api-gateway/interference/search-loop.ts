import { randomUUID } from 'node:crypto';
import { errorKind, errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { sleep, withAnySignal } from '#shared/runtime/waiting';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import type { Database } from '../store/queryable.ts';
import { claimSearch, endSearch, releaseSearch, type ClaimedSearch } from '../store/interference/searches.ts';
import { searchInterference } from './search.ts';

const INTERVAL_MS = 10_000;

export interface SearchLoop {
  /** Begins to search; the database must be migrated. */
  start(): void;
  /** Looks for due searches now. */
  wake: () => void;
  close(): Promise<void>;
}

/**
 * Searches for interference in the background, one band after the other. Any gateway may do it; a
 * search that a gateway leaves behind is repeated by another one.
 */
export function createSearchLoop(
  db: Database,
  analyst: SkyAnalyst,
  logger: Logger,
  intervalMs = INTERVAL_MS,
): SearchLoop {
  const closing = new AbortController();
  const isClosing = () => closing.signal.aborted;
  const claim = randomUUID();
  let woken = new AbortController();
  let lastProblem = '';

  async function searchAll(): Promise<void> {
    const { interferenceMask } = await analyst.methods(closing.signal);
    for (;;) {
      closing.signal.throwIfAborted();
      const search = await claimSearch(db, claim, interferenceMask);
      if (!search) return;
      await searchOne(search);
    }
  }

  async function searchOne(search: ClaimedSearch): Promise<void> {
    const { session_id: sessionId, band } = search;
    try {
      await searchInterference(db, analyst, search, claim, closing.signal);
      await endSearch(db, search, claim);
      logger.info({ sessionId, band, points: search.completed_points }, 'searched for interference');
    } catch (error) {
      if (isClosing() || ['unavailable', 'timeout', 'no_room'].includes(errorKind(error))) {
        await releaseSearch(db, search, claim);
        throw error;
      }
      const reason = errorMessage(error);
      logger.warn({ sessionId, band, reason }, 'the search for interference failed');
      await endSearch(db, search, claim, reason);
    }
  }

  async function repeat(): Promise<void> {
    while (!isClosing()) {
      woken = new AbortController();
      try {
        await searchAll();
        lastProblem = '';
      } catch (error) {
        if (isClosing()) return;
        const reason = errorMessage(error);
        if (reason !== lastProblem) logger.warn({ reason }, 'cannot search for interference now');
        lastProblem = reason;
      }
      await withAnySignal([closing.signal, woken.signal], (signal) => sleep(intervalMs, signal)).catch(
        () => undefined,
      );
    }
  }

  let running: Promise<void> | undefined;
  return {
    start() {
      running = repeat();
    },
    wake: () => woken.abort(),
    async close() {
      closing.abort();
      await running;
    },
  };
}
