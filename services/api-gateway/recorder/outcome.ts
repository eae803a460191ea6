/** Why a message is dropped; a metric label, so the number of values is small. */
type DropReason =
  | 'unknown session'
  | 'other site'
  | 'not a point'
  | 'not a status'
  | 'contradicts'
  | 'contradicts the orchestrator'
  | 'session has ended'
  | 'not in the journal'
  | 'gap'
  | 'cell measured twice'
  | 'off the plan';

/**
 * The result for a message. `shown`: to viewers; another gateway stores it. `deferred`: left to the
 * reconciler. `detail`: the reason with its
 * numbers, for the log.
 */
export type Outcome = 'stored' | 'known' | 'shown' | 'deferred' | { dropped: DropReason; detail?: string };
