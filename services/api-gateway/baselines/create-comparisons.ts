import { identifySession } from '../identification/identify-session.ts';
import { runSearches } from '../searches/run-search.ts';
import type { SearchParts } from '../searches/search-kind.ts';
import { addScheduledSessions } from '../store/baselines/members.ts';
import { comparisons } from './comparison-search.ts';
import type { ComparisonParts } from './parts.ts';

/** Adds new sessions to their baselines and does all comparisons that are due. */
export function createComparisons(
  parts: Omit<ComparisonParts, 'identify'>,
): (search: SearchParts) => Promise<void> {
  const { db, analyst, placeOf } = parts;
  const kind = comparisons({
    ...parts,
    identify: (session, sources, signal) => identifySession(db, analyst, placeOf, session, sources, signal),
  });
  return async (search) => {
    await addScheduledSessions(db);
    await runSearches(db, kind, search);
  };
}
