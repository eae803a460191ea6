import type { Phase, SessionStatus } from './machine-types.ts';

/** What the queue in front of one rotor has to know of each of its sessions. */
export interface InLine {
  sessionId: number;
  status: SessionStatus;
  phase: Phase;
}

/**
 * The session whose turn it is: the oldest one that waits, once nobody has the rotor. A session has it from its turn until it
 * ends; a paused one keeps it.
 */
export function nextInLine(sessions: InLine[]): number | undefined {
  const alive = sessions.filter(({ status }) => status !== 'completed' && status !== 'cancelled');
  if (alive.some(({ phase }) => phase !== 'queued')) return undefined;
  const ids = alive.map(({ sessionId }) => sessionId);
  return ids.length > 0 ? Math.min(...ids) : undefined;
}
