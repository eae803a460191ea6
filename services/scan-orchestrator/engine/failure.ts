import { errorKind, errorMessage, type ErrorKind } from '#shared/base/errors';
import type { Failed } from '../domain/session-events.ts';

// Kinds of errors that may clear without a person.
const PASSING: ReadonlySet<ErrorKind> = new Set(['unavailable', 'timeout', 'busy', 'lease_lost']);

/** The event that an error is to a session; `message` adds place and time to a reason. */
export function failureOf(
  error: unknown,
  message: (reason: string) => string,
  { nowMs, budgetMs }: Pick<Failed, 'nowMs' | 'budgetMs'>,
): Failed {
  const kind = errorKind(error);
  const reason = kind === 'internal' ? 'internal error' : errorMessage(error);
  return { type: 'failed', nowMs, passing: PASSING.has(kind), reason, message: message(reason), budgetMs };
}
