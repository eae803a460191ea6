import { hasEnded } from '#contract/session-status';
import { fault, finish, startStopping, stopped } from './machine-steps.ts';
import type { SessionEvent, SessionState, Transition } from './machine-types.ts';
import { noteText, withResumption, type NotePart } from './note-parts.ts';

/** A session that has just been handed over. */
export function pendingSession(remaining: number, notes: string | null): SessionState {
  return {
    status: 'pending',
    phase: 'queued',
    request: null,
    remaining,
    failing: null,
    suspended: false,
    userNotes: notes,
    noteParts: [],
    startedAtMs: null,
    finishedAtMs: null,
  };
}

/**
 * The life of a session. `undefined`: the event means nothing in this state; the caller decides how loud to be.
 * Time arrives in the event; what has to be done leaves as effects.
 */
export function transition(state: SessionState, event: SessionEvent): Transition | undefined {
  switch (event.type) {
    case 'turn':
      return state.phase === 'queued' ? go(state, { phase: 'acquiring' }, 'acquire') : undefined;
    case 'waits':
      return state.phase === 'queued' && noteText(state.noteParts) !== event.note
        ? go(state, { noteParts: [{ text: event.note }] })
        : undefined;
    case 'clock_set':
      return state.startedAtMs !== null && state.finishedAtMs === null
        ? go(state, { clockNote: event.note })
        : undefined;
    case 'restarted':
      return restarted(state, event.atMs);
    case 'acquired':
      return acquired(state, event.atMs);
    case 'settled':
      return state.phase === 'slewing'
        ? go(state, { phase: event.sweeps ? 'sweeping' : 'integrating' }, 'measure')
        : undefined;
    case 'measured':
      return measured(state, event.points);
    case 'recorded':
      return recorded(state, event.atMs);
    case 'parked':
      return state.phase === 'parking' ? finish(state, event.atMs) : undefined;
    case 'retry':
      return state.phase === 'waiting' ? go(state, { phase: 'acquiring' }, 'acquire') : undefined;
    case 'stopped':
      return state.phase === 'stopping' ? stopped(state, event.atMs, event.trouble) : undefined;
    case 'failed':
      return fault(state, event);
    case 'suspend':
      return suspend(state, event.message);
    case 'clear':
      return state.suspended ? resume(state, true) : undefined;
    case 'pause':
      return pause(state);
    case 'resume':
      return resume(state, false);
    case 'cancel':
      return cancel(state, event.atMs);
  }
}

function go(
  state: SessionState,
  change: Partial<SessionState>,
  ...effects: Transition['effects']
): Transition {
  return { state: { ...state, ...change }, effects };
}

/** The process came back: requests that were answered are kept, everything else starts from the hardware again. */
function restarted(state: SessionState, atMs: number): Transition | undefined {
  if (state.status === 'pending' || state.phase === 'queued')
    return go(state, { phase: 'queued', failing: null });
  if (hasEnded(state.status)) return undefined;
  if (state.request === 'cancel' || state.request === 'pause')
    return startStopping({ ...state, phase: 'waiting' }, state.request);
  if (state.status === 'paused' && state.request !== 'resume') return go(state, { phase: 'idle' });
  if (state.remaining === 0) return finish(state, atMs);
  return go(state, { phase: 'acquiring', failing: null }, 'acquire');
}

function acquired(state: SessionState, atMs: number): Transition | undefined {
  if (state.phase !== 'acquiring') return undefined;
  const running: SessionState = {
    ...state,
    status: 'running',
    request: null,
    startedAtMs: state.startedAtMs ?? atMs,
    suspended: false,
    noteParts: noteOfStart(state, atMs),
  };
  if (state.remaining === 0) return { state: { ...running, phase: 'parking' }, effects: ['park'] };
  return { state: { ...running, phase: 'slewing' }, effects: ['slew'] };
}

/** A person who resumes has read the note; of what passed by itself a person will want to read in the morning. */
function noteOfStart({ status, suspended, noteParts }: SessionState, atMs: number): readonly NotePart[] {
  if (status === 'running') return noteParts;
  if (!suspended || noteParts.length === 0) return [];
  return withResumption(noteParts, atMs);
}

function measured(state: SessionState, points: number): Transition | undefined {
  if (state.phase !== 'integrating' && state.phase !== 'sweeping') return undefined;
  // A sweep without a point: what it was to measure is measured by stopping.
  if (points === 0) return go(state, { phase: 'slewing' }, 'slew');
  const remaining = state.remaining - points;
  // A point that came through ends a run of failures.
  const next = { ...state, remaining, failing: null };
  if (remaining === 0 || state.request === 'pause') return go(next, { phase: 'recording' }, 'record');
  // Both at once: journal and publication cost no wall time.
  return go(next, { phase: 'slewing' }, 'record', 'slew');
}

function recorded(state: SessionState, atMs: number): Transition | undefined {
  if (state.phase !== 'recording') return undefined;
  // Who asked for a pause does not want to see the rotor on its way to the park pointing.
  const standsStill = state.request === 'pause' && !state.suspended;
  if (state.remaining === 0 && !standsStill)
    return go({ ...state, request: null }, { phase: 'parking' }, 'park');
  return stopped(state, atMs, undefined);
}

function pause(state: SessionState): Transition | undefined {
  // Who asks for a pause gets one that lasts.
  if (state.request === 'pause' && state.suspended) return go(state, { suspended: false });
  if (state.status !== 'running' || state.request) return undefined;
  return standStill(state);
}

function suspend(state: SessionState, message: string): Transition | undefined {
  if (state.status !== 'running' || state.request || state.phase === 'parking') return undefined;
  return standStill({ ...state, suspended: true, noteParts: [{ text: message, resumesItself: true }] });
}

function standStill(state: SessionState): Transition {
  // The reads of a point are never thrown away: it is finished first. Before that nothing is lost by stopping at once.
  if (state.phase === 'integrating' || state.phase === 'recording') return go(state, { request: 'pause' });
  return startStopping(state, 'pause');
}

function resume(state: SessionState, suspended: boolean): Transition | undefined {
  if (state.status !== 'paused' || state.phase !== 'idle') return undefined;
  return go(state, { phase: 'acquiring', request: 'resume', failing: null, suspended }, 'acquire');
}

function cancel(state: SessionState, atMs: number): Transition | undefined {
  if (hasEnded(state.status) || state.request === 'cancel') return undefined;
  if (state.status === 'pending') {
    const ended = { ...state, status: 'cancelled' as const, phase: 'idle' as const, finishedAtMs: atMs };
    return { state: ended, effects: ['abort', 'release'] };
  }
  return startStopping(state, 'cancel');
}

/** What `<current_status>` says in a refusal: the status, or the request that is under way. */
export function stateWord(state: SessionState): string {
  if (state.request === 'pause') return 'pausing';
  if (state.request === 'resume') return 'resuming';
  if (state.request === 'cancel') return 'cancelling';
  // It was to be resumed, and something went wrong: the rotor does not stand yet.
  if (state.status === 'paused' && state.phase === 'stopping') return 'pausing';
  return state.status;
}

/** The published `notes`: what the user wrote, then the last thing that happened. */
export function sessionNotes(state: SessionState): string | null {
  const parts = [state.userNotes, noteText(state.noteParts), state.clockNote].filter((part) => part);
  return parts.length > 0 ? parts.join('\n') : null;
}
