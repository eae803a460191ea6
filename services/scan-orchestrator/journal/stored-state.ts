import type { SessionStatus } from '#contract/session-status';
import { withNoteParts, type NotePart } from '../domain/note-parts.ts';
import type { SessionState } from '../domain/session-state.ts';

/** How versions until 0.1 wrote the state of a session. */
interface FlatState {
  status: SessionStatus;
  /** Answered, and not yet done. */
  request: 'pause' | 'resume' | 'cancel' | null;
  remaining: number;
  /** Paused, or about to be, until its cause is over; the oldest records lack it. */
  suspended?: boolean;
  userNotes: string | null;
  noteParts?: readonly NotePart[];
  note?: string | null;
  clockNote?: string | undefined;
  startedAtMs: number | null;
  finishedAtMs: number | null;
}

export type StoredState = SessionState | FlatState;

/** The state as a record has it, whatever version wrote the record. */
export function stateOf(stored: StoredState): SessionState {
  if ('activity' in stored) return stored;
  const { status, request, suspended = false, finishedAtMs, ...rest } = withNoteParts(stored);
  const { remaining, userNotes, noteParts, clockNote, startedAtMs } = rest;
  const common = { remaining, userNotes, noteParts, clockNote, startedAtMs };
  const pauseCause = suspended ? ('suspend' as const) : ('pause' as const);
  const stopping =
    request === 'pause' || request === 'cancel'
      ? { phase: 'stopping' as const, cause: request === 'cancel' ? request : pauseCause }
      : undefined;
  // What was under way starts again after a restart.
  const acquiring = { phase: 'acquiring' as const, failing: null };
  switch (status) {
    case 'pending':
      return { ...common, status, activity: { phase: 'queued' } };
    case 'running':
      return { ...common, status, activity: stopping ?? acquiring };
    case 'paused': {
      const activity = stopping ?? (request === 'resume' ? acquiring : { phase: 'idle' as const });
      return { ...common, status, resumesItself: suspended, activity };
    }
    case 'completed':
    case 'cancelled':
      return { ...common, status, finishedAtMs, activity: { phase: 'idle' } };
  }
}
