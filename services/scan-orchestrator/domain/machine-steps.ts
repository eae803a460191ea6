import type { Failed, SessionState, Transition } from './machine-types.ts';
import { namesReason, type NotePart } from './note-parts.ts';

/** Ends what is under way and stops the rotor; `stopped` then decides where the session goes. */
export function startStopping(state: SessionState, request: 'pause' | 'cancel' | null): Transition {
  const next: SessionState = { ...state, phase: 'stopping', request };
  // Already stopping: a cancel that overtakes a pause needs no second stop.
  return { state: next, effects: state.phase === 'stopping' ? [] : ['abort', 'stop'] };
}

/** The rotor stands. A session that was to be cancelled is; any other pauses, unless nothing is left to measure. */
export function stopped(state: SessionState, atMs: number, trouble: NotePart | undefined): Transition {
  const standing: SessionState = {
    ...state,
    phase: 'idle',
    request: null,
    failing: null,
    noteParts: trouble ? [...state.noteParts, trouble] : state.noteParts,
  };
  if (state.request === 'cancel')
    return { state: { ...standing, status: 'cancelled', finishedAtMs: atMs }, effects: ['release'] };
  if (state.remaining === 0) return finish(standing, atMs);
  return { state: { ...standing, status: 'paused' }, effects: [] };
}

/** Every cell is in the journal. */
export function finish(state: SessionState, atMs: number): Transition {
  const ended: SessionState = {
    ...state,
    status: 'completed',
    phase: 'idle',
    request: null,
    failing: null,
    finishedAtMs: atMs,
  };
  return { state: ended, effects: ['release'] };
}

/** Something went wrong: again after a while if that may help, else stop and pause with a note. */
export function fault(before: SessionState, event: Failed): Transition | undefined {
  const state = event.unrecorded ? { ...before, remaining: before.remaining + event.unrecorded } : before;
  switch (state.phase) {
    case 'queued':
    case 'stopping':
    case 'idle':
      // Stalled, stopped, moved or its count lost while it waited or was paused: a person has to look.
      if (!event.passing && !event.unrecorded && (state.suspended || isPausedUnaware(state, event)))
        return { state: { ...state, suspended: false, noteParts: noteAfter(state, event) }, effects: [] };
      return event.unrecorded ? { state: { ...state, noteParts: [noteOf(event)] }, effects: [] } : undefined;
    case 'parking':
      // Every point is stored: a rotor that cannot park is worth a note, not a pause.
      return startStopping({ ...state, noteParts: [noteOf(event)] }, null);
    case 'waiting':
      if (event.passing) return undefined;
      break;
    case 'acquiring':
    case 'slewing':
    case 'integrating':
    case 'sweeping':
    case 'recording':
      break;
  }
  const failing = {
    sinceMs: state.failing?.sinceMs ?? event.nowMs,
    attempts: (state.failing?.attempts ?? 0) + 1,
  };
  // A pending session waits for its rotor as long as it takes; there is nothing to lose.
  const patient = state.status === 'pending' || event.nowMs - failing.sinceMs < event.budgetMs;
  if (event.passing && patient && state.request !== 'pause') {
    const noteParts =
      state.status === 'pending' ? [{ text: `waiting for the rotor: ${event.reason}` }] : state.noteParts;
    return {
      state: { ...state, phase: 'waiting', failing, noteParts },
      effects: ['abort', 'wait'],
    };
  }
  if (state.request === 'pause') return startStopping({ ...state, noteParts: [noteOf(event)] }, 'pause');
  // What passes may pass later too, and a disk may get room again; a rotor that stalls waits for a person.
  const suspended = event.passing || event.unrecorded !== undefined;
  const note = { ...noteOf(event), resumesItself: suspended };
  return startStopping({ ...state, suspended, noteParts: [note] }, null);
}

/** Paused, and its note does not say this yet. */
function isPausedUnaware({ status, phase, noteParts }: SessionState, { reason }: Failed): boolean {
  return status === 'paused' && phase === 'idle' && !namesReason(noteParts, reason);
}

function noteAfter({ suspended, noteParts }: SessionState, event: Failed): NotePart[] {
  return suspended ? [noteOf(event)] : [...noteParts, noteOf(event)];
}

function noteOf({ message, reason }: Failed): NotePart {
  return { text: message, reason };
}
