import { randomUUID } from 'node:crypto';
import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { sleep, withAnySignal } from '#shared/runtime/waiting';
import { identifyAgain } from './identify-again.ts';
import { interferenceSearches } from './interference-search.ts';
import { runSearches } from './run-search.ts';
import { sourceSearches, type SourceSearchParts } from './source-search.ts';

const INTERVAL_MS = 10_000;

export interface SearchLoop {
  /** Begins to search; the database must be migrated. */
  start(): void;
  /** Looks for due searches now. */
  wake: () => void;
  close(): Promise<void>;
}

/**
 * Searches in the background, one search after the other: first for interference, then for
 * sources, which `publish` publishes; their names follow what is known of the sky. Any gateway may
 * do it; a search that a gateway leaves behind is repeated by another one.
 */
export function createSearchLoop(
  parts: SourceSearchParts & { logger: Logger; publish: () => Promise<void> },
  intervalMs = INTERVAL_MS,
): SearchLoop {
  const { db, logger } = parts;
  const closing = new AbortController();
  const isClosing = () => closing.signal.aborted;
  const of = { claim: randomUUID(), logger, signal: closing.signal };
  let woken = new AbortController();
  let lastProblem = '';

  async function repeat(): Promise<void> {
    while (!isClosing()) {
      woken = new AbortController();
      try {
        await runSearches(db, interferenceSearches(parts), of);
        await runSearches(db, sourceSearches(parts), of);
        await identifyAgain(parts, of);
        await parts.publish();
        lastProblem = '';
      } catch (error) {
        if (isClosing()) return;
        const reason = errorMessage(error);
        if (reason !== lastProblem) logger.warn({ reason }, 'cannot search the sessions now');
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
