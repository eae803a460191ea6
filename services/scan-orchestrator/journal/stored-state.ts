import type { SessionStatus } from '#contract/session-status';
import { withNoteParts, type NotePart } from '../domain/note-parts.ts';
import type { SessionState } from '../domain/session-state.ts';

/** State of a session as written by versions up to 0.1. */
interface FlatState {
  status: SessionStatus;
  /** Acknowledged but not yet done. */
  request: 'pause' | 'resume' | 'cancel' | null;
  remaining: number;
  /** Paused, or pausing, until its cause clears; the oldest records lack it. */
  suspended?: boolean;
  userNotes: string | null;
  noteParts?: readonly NotePart[];
  note?: string | null;
  clockNote?: string | undefined;
  startedAtMs: number | null;
  finishedAtMs: number | null;
}

export type StoredState = SessionState | FlatState;

/** Converts a stored state of any version. */
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
  // Activities in progress start again after a restart.
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
