import { errorKind, errorMessage, type ErrorKind } from '#shared/base/errors';
import type { Failed } from '../domain/session-events.ts';
import { backoffMs, sleep } from '#shared/runtime/waiting';

const RETRY_FIRST_MS = 250;
const RETRY_MAX_MS = 5_000;

// Errors that may clear without intervention.
const TRANSIENT: ReadonlySet<ErrorKind> = new Set(['unavailable', 'timeout', 'busy', 'lease_lost']);

/** Converts an error to a session event; `message` adds time and place to a reason. */
export function failureOf(
  error: unknown,
  message: (reason: string) => string,
  { nowMs, budgetMs }: Pick<Failed, 'nowMs' | 'budgetMs'>,
): Failed {
  const kind = errorKind(error);
  const reason = kind === 'internal' ? 'internal error' : errorMessage(error);
  return {
    type: 'failed',
    nowMs,
    transient: TRANSIENT.has(kind),
    reason,
    message: message(reason),
    budgetMs,
  };
}

export async function waitBeforeRetry(attempts: number, signal: AbortSignal): Promise<void> {
  await sleep(backoffMs(attempts - 1, RETRY_FIRST_MS, RETRY_MAX_MS), signal);
}
