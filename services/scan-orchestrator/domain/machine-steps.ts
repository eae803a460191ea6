import { namesReason, type NotePart } from './note-parts.ts';
import type { Failed, Transition } from './session-events.ts';
import {
  isMeasured,
  resumesItself,
  type ActiveState,
  type EndedState,
  type Failing,
  type RunningState,
  type SessionState,
  type StopCause,
} from './session-state.ts';

/** Activities possible in every status of an active session. */
type CommonActivity = Extract<ActiveState['activity'], { phase: 'acquiring' | 'waiting' | 'stopping' }>;

export function withActivity(state: ActiveState, activity: CommonActivity): ActiveState {
  return { ...state, activity };
}

/** Aborts the current activity and stops the rotor; `stopped` then determines the next status. */
export function startStopping(state: ActiveState, cause: StopCause): Transition {
  const next = withActivity(state, { phase: 'stopping', cause });
  // Already stopping: a cancel during a pause needs no second stop.
  const effects = state.activity.phase === 'stopping' ? [] : (['abort', 'stop'] as const);
  return { state: next, effects: effects.map((type) => ({ type })) };
}

/**
 * The rotor stands still. A session that is being cancelled is cancelled; any other pauses, or
 * completes if nothing is left to measure.
 */
export function stopped(
  state: ActiveState,
  cause: StopCause,
  atMs: number,
  trouble: NotePart | undefined,
): Transition {
  const noteParts = trouble ? [...state.noteParts, trouble] : state.noteParts;
  const standing = { ...commonFields(state), noteParts };
  if (cause === 'cancel') return ended({ ...standing, status: 'cancelled', finishedAtMs: atMs });
  if (isMeasured(state)) return ended({ ...standing, status: 'completed', finishedAtMs: atMs });
  const resumes = cause === 'suspend' || cause === 'outage';
  return {
    state: { ...standing, status: 'paused', resumesItself: resumes, activity: { phase: 'idle' } },
    effects: [],
  };
}

/** Every cell is in the journal. */
export function finish(state: ActiveState, atMs: number): Transition {
  return ended({ ...commonFields(state), status: 'completed', finishedAtMs: atMs });
}

function ended(state: Omit<EndedState, 'activity'>): Transition {
  return { state: { ...state, activity: { phase: 'idle' } }, effects: [{ type: 'release' }] };
}

/** The fields of every status. */
export function commonFields(state: SessionState) {
  const { remaining, userNotes, noteParts, clockNote, refines, refineNote, startedAtMs } = state;
  return { remaining, userNotes, noteParts, clockNote, refines, refineNote, startedAtMs };
}

/** Handles a failure: retries if that may help, otherwise stops and pauses with a note. */
export function fault(before: SessionState, event: Failed): Transition | undefined {
  const state = event.unrecorded ? { ...before, remaining: before.remaining + event.unrecorded } : before;
  const { activity } = state;
  switch (activity.phase) {
    case 'queued':
    case 'stopping':
    case 'idle':
      return faultAtRest(state, event);
    case 'waiting':
      return event.transient ? undefined : faultUnderWay(state as ActiveState, activity.failing, event);
    case 'parking':
      // Every point is stored: a failed park adds a note and does not pause the session.
      return startStopping({ ...(state as RunningState), noteParts: [noteOf(event)] }, 'fault');
    case 'recording':
      return faultUnderWay(state as ActiveState, null, event);
    case 'acquiring':
    case 'slewing':
    case 'measuring':
      return faultUnderWay(state as ActiveState, activity.failing, event);
  }
}

/**
 * A fault while the session waits or is paused: the rotor stalled, was stopped or moved, or lost
 * its count. A person has to check it.
 */
function faultAtRest(state: SessionState, event: Failed): Transition | undefined {
  if (event.unrecorded) return { state: { ...state, noteParts: [noteOf(event)] }, effects: [] };
  if (event.transient) return undefined;
  if (resumesItself(state))
    return { state: { ...waitingForPerson(state), noteParts: [noteOf(event)] }, effects: [] };
  const isUnreported =
    state.status === 'paused' &&
    state.activity.phase === 'idle' &&
    !namesReason(state.noteParts, event.reason);
  return isUnreported
    ? { state: { ...state, noteParts: [...state.noteParts, noteOf(event)] }, effects: [] }
    : undefined;
}

/** The same state without automatic resumption. */
function waitingForPerson(state: SessionState): SessionState {
  const { activity } = state;
  if (activity.phase === 'stopping')
    return withActivity(state as ActiveState, {
      phase: 'stopping',
      cause: activity.cause === 'suspend' ? 'pause' : 'fault',
    });
  return state.status === 'paused' ? { ...state, resumesItself: false } : state;
}

function faultUnderWay(state: ActiveState, before: Failing | null, event: Failed): Transition {
  const failing = { sinceMs: before?.sinceMs ?? event.nowMs, attempts: (before?.attempts ?? 0) + 1 };
  const pausing = 'pausing' in state.activity ? state.activity.pausing : null;
  // A pending session waits for its rotor indefinitely; there is nothing to lose.
  const mayRetry = state.status === 'pending' || event.nowMs - failing.sinceMs < event.budgetMs;
  if (event.transient && mayRetry && !pausing) {
    const waiting = withActivity(state, { phase: 'waiting', failing });
    const noteParts =
      state.status === 'pending' ? [{ text: `waiting for the rotor: ${event.reason}` }] : state.noteParts;
    return {
      state: { ...waiting, noteParts },
      effects: [{ type: 'abort' }, { type: 'wait', attempts: failing.attempts }],
    };
  }
  // An outage may clear, and a disk may regain space; a stalled rotor needs a person.
  const mayClear = event.transient || event.unrecorded !== undefined;
  const cause = pausing === 'pause' ? 'pause' : mayClear ? (pausing ?? 'outage') : 'fault';
  const note = { ...noteOf(event), resumesItself: mayClear && cause !== 'pause' };
  return startStopping({ ...state, noteParts: [note] }, cause);
}

function noteOf({ message, reason }: Failed): NotePart {
  return { text: message, reason };
}
