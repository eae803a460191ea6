import type { Logger } from '#shared/runtime/logger';
import type { SearchClaim } from '../store/searches/claims.ts';

/** A kind of searches that sky-analyst does for the gateway, and their rows in the database. */
export interface SearchKind<Search> {
  /** For people: `interference`. */
  what: string;
  /** Claims the next search that is due. */
  next(claim: string, signal: AbortSignal): Promise<Search | undefined>;
  claimOf(search: Search, claim: string): SearchClaim;
  /**
   * Searches, stores the result and ends the search. Returns false if another gateway has it or
   * it was cancelled. Throws `unavailable`, `timeout` or `no_room` if a later attempt may succeed.
   */
  run(search: Search, claim: string, signal: AbortSignal): Promise<boolean>;
  /** Before a search ends without a result. */
  failed?(search: Search, reason: string): Promise<void>;
  /** Fields of its log entries. */
  logged(search: Search): object;
}

export interface SearchParts {
  claim: string;
  logger: Logger;
  signal: AbortSignal;
}
