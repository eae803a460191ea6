/** The statuses of a session, in order. */
export const SESSION_STATUSES = ['pending', 'running', 'paused', 'completed', 'cancelled'] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];

/** A session that has ended never changes again. */
export function hasEnded(status: SessionStatus): status is 'completed' | 'cancelled' {
  return status === 'completed' || status === 'cancelled';
}
