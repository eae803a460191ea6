import type { Failed, SessionState, Transition } from './machine-types.ts';

/** The end of a note of a session that is suspended. */
export const GOES_ON = '; goes on by itself once that is over';

/** Ends what is under way and stops the rotor; `stopped` then decides where the session goes. */
export function startStopping(state: SessionState, request: 'pause' | 'cancel' | null): Transition {
  const next: SessionState = { ...state, phase: 'stopping', request };
  // Already stopping: a cancel that overtakes a pause needs no second stop.
  return { state: next, effects: state.phase === 'stopping' ? [] : ['abort', 'stop'] };
}

/** The rotor stands. A session that was to be cancelled is; any other pauses, unless nothing is left to measure. */
export function stopped(state: SessionState, atMs: number, trouble: string | undefined): Transition {
  const standing: SessionState = {
    ...state,
    phase: 'idle',
    request: null,
    failing: null,
    note: trouble ? [state.note, trouble].filter(Boolean).join('; ') : state.note,
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
        return { state: { ...state, suspended: false, note: noteAfter(state, event) }, effects: [] };
      return event.unrecorded ? { state: { ...state, note: event.message }, effects: [] } : undefined;
    case 'parking':
      // Every point is stored: a rotor that cannot park is worth a note, not a pause.
      return startStopping({ ...state, note: event.message }, null);
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
    const waitingNote = state.status === 'pending' ? `waiting for the rotor: ${event.reason}` : state.note;
    return {
      state: { ...state, phase: 'waiting', failing, note: waitingNote },
      effects: ['abort', 'wait'],
    };
  }
  if (state.request === 'pause') return startStopping({ ...state, note: event.message }, 'pause');
  // What passes may pass later too, and a disk may get room again; a rotor that stalls waits for a person.
  const suspended = event.passing || event.unrecorded !== undefined;
  const note = suspended ? event.message + GOES_ON : event.message;
  return startStopping({ ...state, suspended, note }, null);
}

/** Paused, and its note does not say this yet. */
function isPausedUnaware({ status, phase, note }: SessionState, { reason }: Failed): boolean {
  return status === 'paused' && phase === 'idle' && !note?.includes(reason);
}

function noteAfter({ suspended, note }: SessionState, { message }: Failed): string {
  return suspended || note === null ? message : `${note}; ${message}`;
}
