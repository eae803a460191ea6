import { errorMessage, isTemporary } from '#shared/base/errors';
import type { Queryable } from '../store/queryable.ts';
import {
  RENEW_MS,
  endSearch,
  releaseSearch,
  renewClaim,
  type SearchClaim,
} from '../store/searches/claims.ts';
import type { SearchKind, SearchParts } from './search-kind.ts';

/**
 * Runs searches of a kind until none is due. Throws if sky-analyst or the database is not
 * available; the search is then given back.
 */
export async function runSearches<Search>(
  db: Queryable,
  kind: SearchKind<Search>,
  parts: SearchParts,
): Promise<void> {
  for (;;) {
    parts.signal.throwIfAborted();
    const search = await kind.next(parts.claim, parts.signal);
    if (!search) return;
    await runOne(db, kind, search, parts);
  }
}

async function runOne<Search>(
  db: Queryable,
  kind: SearchKind<Search>,
  search: Search,
  { claim, logger, signal }: SearchParts,
): Promise<void> {
  const own = kind.claimOf(search, claim);
  const fields = kind.logged(search);
  const lost = new AbortController();
  const renewal = keepClaim(db, own, () => lost.abort());
  try {
    if (await kind.run(search, claim, AbortSignal.any([signal, lost.signal])))
      logger.info(fields, `searched for ${kind.what}`);
  } catch (error) {
    if (lost.signal.aborted) return;
    if (signal.aborted || isTemporary(error)) {
      await releaseSearch(db, own);
      throw error;
    }
    const reason = errorMessage(error);
    logger.warn({ ...fields, reason }, `the search for ${kind.what} failed`);
    await kind.failed?.(search, reason);
    await endSearch(db, own, reason);
  } finally {
    clearInterval(renewal);
  }
}

/** Renews the claim; calls `onLost` when another gateway or a user has ended it. */
function keepClaim(db: Queryable, own: SearchClaim, onLost: () => void): NodeJS.Timeout {
  return setInterval(() => {
    renewClaim(db, own).then(
      (isOwn) => {
        if (!isOwn) onLost();
      },
      // The database is away: the claim is valid for some more seconds.
      () => undefined,
    );
  }, RENEW_MS);
}
