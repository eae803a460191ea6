import type { Candidates } from '#contract/rest/candidates';
import { errorMessage, isTemporary } from '#shared/base/errors';
import { knownSkyVersion } from '../identification/identify.ts';
import { findSession } from '../store/sessions.ts';
import {
  claimIdentification,
  endIdentification,
  releaseIdentification,
  type ClaimedIdentification,
} from '../store/sources/identifications.ts';
import { listSources, type FoundSource } from '../store/sources/sources.ts';
import type { SearchParts } from './search-kind.ts';
import type { SourceSearchParts } from './source-search.ts';
import { replaceIdentified, withNames } from './store-sources.ts';

type Parts = Pick<SourceSearchParts, 'db' | 'identify' | 'isAutomatic' | 'onFound'>;

/**
 * Identifies the sources of recent sessions again whenever what is known of the sky has changed.
 * Throws if sky-analyst or the database is not available; it is then repeated.
 */
export async function identifyAgain(parts: Parts, search: SearchParts): Promise<void> {
  const { db, isAutomatic } = parts;
  const { claim, logger, signal } = search;
  while (isAutomatic) {
    signal.throwIfAborted();
    const version = await knownSkyVersion(db);
    const claimed = await claimIdentification(db, claim, version);
    if (!claimed) return;
    const { session_id: sessionId } = claimed;
    try {
      const isChanged = await identifyOne(parts, claimed, claim, version, signal);
      if (isChanged) logger.info({ sessionId }, 'identified sources again');
    } catch (error) {
      if (signal.aborted || isTemporary(error)) {
        await releaseIdentification(db, claimed, claim);
        throw error;
      }
      logger.warn({ sessionId, reason: errorMessage(error) }, 'the sources keep their names');
      await endIdentification(db, claimed, claim, version, false);
    }
  }
}

/** Returns whether a source has other candidates than before. */
async function identifyOne(
  { db, identify, onFound }: Parts,
  claimed: ClaimedIdentification,
  claim: string,
  version: string,
  signal: AbortSignal,
): Promise<boolean> {
  const session = await findSession(db, claimed.session_id);
  if (!session) return false;
  const found = await listSources(db, session.id);
  const names = await identify(session, found, signal);
  const isChanged = found.some((source, k) => !isSame(source, names[k]));
  const isStored = await db.transaction(async (tx) => {
    if (!(await endIdentification(tx, claimed, claim, version, isChanged))) return false;
    if (isChanged) await replaceIdentified(tx, session, withNames(found, names), claimed.beam_width_deg);
    return isChanged;
  });
  if (isStored) await onFound(session, signal);
  return isStored;
}

/** Newer elements change probabilities a little: the stored ones stay. */
function isSame({ candidates }: FoundSource, names: Candidates | undefined): boolean {
  const key = (list: FoundSource['candidates']) =>
    list.map(({ name, posterior, agrees }) => [name, posterior > 0.9, agrees].join()).join('|');
  return key(candidates) === key(names?.candidates ?? []);
}
