import type { SessionEvent } from '#contract/notifications';
import { hasEnded, type SessionStatus } from '#contract/session-status';

/** A session that waits by itself is reported after this time. */
export const SUSPENDED_MS = 30 * 60_000;

/** The state of a session. */
export interface SessionState {
  status: SessionStatus;
  /** How long it has had its status. */
  forMs: number;
  /** A paused session resumes when the cause is resolved. */
  resumesItself: boolean;
  /** Why it is paused; undefined: a person has paused it. */
  reason: string | undefined;
}

/** What there is to tell of a session. A person knows of a pause of their own. */
export function sessionEvent({
  status,
  forMs,
  resumesItself,
  reason,
}: SessionState): SessionEvent | undefined {
  if (hasEnded(status)) return 'session_ended';
  if (status !== 'paused') return undefined;
  if (resumesItself) return forMs >= SUSPENDED_MS ? 'session_suspended' : undefined;
  return reason === undefined ? undefined : 'session_paused';
}

/** The published notes without those of the user; undefined: nothing else is noted. */
export function reasonOf(notes: string | null, userNotes: string | null): string | undefined {
  if (notes === null || notes === userNotes) return undefined;
  const isFirst = userNotes !== null && notes.startsWith(`${userNotes}\n`);
  return isFirst ? notes.slice(userNotes.length + 1) : notes;
}
