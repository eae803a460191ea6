import type { Candidates } from '#contract/rest/candidates';
import type { Logger } from '#shared/runtime/logger';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import type { PlaceOf } from '../sites/site-place.ts';
import type { Database } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { FoundSource } from '../store/sources/sources.ts';

/** What comparisons are done with. */
export interface ComparisonParts {
  db: Database;
  analyst: SkyAnalyst;
  placeOf: PlaceOf;
  logger: Logger;
  /** Identifies sources, in their order. */
  identify(session: SessionRow, sources: readonly FoundSource[], signal: AbortSignal): Promise<Candidates[]>;
}
