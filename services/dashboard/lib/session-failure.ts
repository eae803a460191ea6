import { ApiError } from '#contract/client/api-error';
import { CLOSE } from '#contract/live/close-codes';
import { errorText } from './api.ts';

/** Why a session could not be loaded or followed, and what helps. */
export interface SessionFailure {
  /** `waiting`: time; `refused`: an API key; `unknown`: nothing, the session does not exist. */
  phase: 'waiting' | 'refused' | 'unknown';
  reason: string;
}

export function sessionFailure(error: unknown): SessionFailure {
  const reason = errorText(error);
  const status = error instanceof ApiError ? error.status : undefined;
  if (status === 404) return { phase: 'unknown', reason };
  if (status === 401) return { phase: 'refused', reason: `${reason}. Enter the API key to continue` };
  return { phase: 'waiting', reason };
}

/** Why a WebSocket was closed. */
export function describeClose(code: number, reason: string): string {
  if (code === CLOSE.tooSlow) return 'The connection is too slow for this session';
  return reason || 'Connection lost';
}

/** When the next attempt follows. */
export function describeRetry(waitMs: number, isOnline: boolean): string {
  if (!isOnline) return 'This device is offline; reconnects automatically';
  return `Retrying in ${Math.max(1, Math.round(waitMs / 1000))} s`;
}
