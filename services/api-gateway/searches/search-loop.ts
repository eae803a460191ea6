import { randomUUID } from 'node:crypto';
import type { Logger } from '#shared/runtime/logger';
import { createRepeatedWork, type RepeatedWork } from '#shared/runtime/repeated-work';
import { identifyAgain } from './identify-again.ts';
import { interferenceSearches } from './interference-search.ts';
import { runSearches } from './run-search.ts';
import type { SearchParts } from './search-kind.ts';
import { sourceSearches, type SourceSearchParts } from './source-search.ts';

const INTERVAL_MS = 10_000;

/**
 * Searches in the background, one search after the other: first for interference, then for sources,
 * which `publish` publishes; their names follow what is known of the sky. Then comes what needs
 * them. Any gateway may do it; a search that a gateway leaves behind is repeated by another one.
 */
export function createSearchLoop(
  parts: SourceSearchParts & {
    logger: Logger;
    publish: () => Promise<void>;
    afterwards: (search: SearchParts) => Promise<void>;
  },
  intervalMs = INTERVAL_MS,
): RepeatedWork {
  const { db, logger } = parts;
  const claim = randomUUID();
  return createRepeatedWork({
    intervalMs,
    logger,
    failure: 'cannot search the sessions now',
    async work(signal) {
      const of = { claim, logger, signal };
      await runSearches(db, interferenceSearches(parts), of);
      await runSearches(db, sourceSearches(parts), of);
      await identifyAgain(parts, of);
      await parts.publish();
      await parts.afterwards(of);
    },
  });
}
