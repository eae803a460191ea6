import { hasEnded, type SessionStatus } from '#contract/session-status';
import type { Phase } from './session-state.ts';

/** What the queue in front of one rotor has to know of each of its sessions. */
export interface InLine {
  sessionId: number;
  status: SessionStatus;
  phase: Phase;
}

/**
 * The session whose turn it is: the oldest one that waits, once nobody has the rotor. A session has
 * it from its turn until it ends; a paused one keeps it.
 */
export function nextInLine(sessions: InLine[]): number | undefined {
  const alive = sessions.filter(isAlive);
  if (alive.some(({ phase }) => phase !== 'queued')) return undefined;
  const ids = alive.map(({ sessionId }) => sessionId);
  return ids.length > 0 ? Math.min(...ids) : undefined;
}

/**
 * The note of a session that waits for its turn: which session has the rotor, and how many are
 * before it.
 */
export function waitingNote(sessions: readonly InLine[], sessionId: number): string | undefined {
  const alive = sessions.filter(isAlive);
  const holder = alive.find((other) => other.phase !== 'queued' && other.sessionId !== sessionId);
  if (!holder) return undefined;
  const before = alive.filter((other) => other.phase === 'queued' && other.sessionId < sessionId).length;
  const others = before > 0 ? ` and ${before} earlier session${before === 1 ? '' : 's'}` : '';
  return `waiting behind session ${holder.sessionId}${others}: a session keeps the rotor until it has ended`;
}

function isAlive({ status }: InLine): boolean {
  return !hasEnded(status);
}
