import { hasEnded, type SessionStatus } from '#contract/session-status';
import type { Phase } from './session-state.ts';

/** What the queue of a rotor needs to know of a session. */
export interface QueuedSession {
  sessionId: number;
  status: SessionStatus;
  phase: Phase;
}

/**
 * The next session: the oldest waiting one, once the rotor is free. A session keeps the rotor until
 * it ends, also while it is paused.
 */
export function nextInQueue(sessions: QueuedSession[]): number | undefined {
  const alive = sessions.filter(isAlive);
  if (alive.some(({ phase }) => phase !== 'queued')) return undefined;
  const ids = alive.map(({ sessionId }) => sessionId);
  return ids.length > 0 ? Math.min(...ids) : undefined;
}

/** The note of a waiting session: which session has the rotor, and how many are ahead of it. */
export function waitingNote(sessions: readonly QueuedSession[], sessionId: number): string | undefined {
  const alive = sessions.filter(isAlive);
  const holder = alive.find((other) => other.phase !== 'queued' && other.sessionId !== sessionId);
  if (!holder) return undefined;
  const before = alive.filter((other) => other.phase === 'queued' && other.sessionId < sessionId).length;
  const others = before > 0 ? ` and ${before} earlier session${before === 1 ? '' : 's'}` : '';
  return `waiting behind session ${holder.sessionId}${others}: a session keeps the rotor until it has ended`;
}

function isAlive({ status }: QueuedSession): boolean {
  return !hasEnded(status);
}
