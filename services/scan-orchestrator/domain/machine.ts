import { commonFields, fault, finish, startStopping, stopped, withActivity } from './machine-steps.ts';
import { noteText, untilResumed, withResumption, type NotePart } from './note-parts.ts';
import type { Effect, SessionEvent, Transition } from './session-events.ts';
import {
  isMeasured,
  type ActiveState,
  type Failing,
  type PauseCause,
  type RunningState,
  type SessionState,
} from './session-state.ts';
import type { Unit } from './sweep-plan.ts';

/**
 * The state machine of a session. Returns `undefined` when the event is not valid in this state.
 * Times are passed in with the event; effects are returned.
 */
export function transition(state: SessionState, event: SessionEvent): Transition | undefined {
  if (event.type === 'failed') return fault(state, event);
  return isActive(state) ? transitionOfActive(state, event) : undefined;
}

function transitionOfActive(
  state: ActiveState,
  event: Exclude<SessionEvent, { type: 'failed' }>,
): Transition | undefined {
  const { activity } = state;
  switch (event.type) {
    case 'turn':
      return activity.phase === 'queued' ? acquire(state) : undefined;
    case 'waits':
      return activity.phase === 'queued' && noteText(state.noteParts) !== event.note
        ? { state: { ...state, noteParts: [{ text: event.note }] }, effects: [] }
        : undefined;
    case 'clock_set':
      return state.startedAtMs === null
        ? undefined
        : { state: { ...state, clockNote: event.note }, effects: [] };
    case 'restarted':
      return restarted(state, event.atMs);
    case 'acquired':
      return acquired(state, event);
    case 'settled':
      return settled(state, event.unit);
    case 'out_of_reach':
      return state.status === 'running' && activity.phase === 'slewing'
        ? acquire(state, activity.failing)
        : undefined;
    case 'measured':
      return measured(state, event);
    case 'recorded':
      return recorded(state, event.atMs);
    case 'parked':
      return activity.phase === 'parking' ? finish(state, event.atMs) : undefined;
    case 'retry':
      return activity.phase === 'waiting' ? acquire(state, activity.failing) : undefined;
    case 'stopped':
      return activity.phase === 'stopping'
        ? stopped(state, activity.cause, event.atMs, event.trouble)
        : undefined;
    case 'suspend':
      return suspend(state, event.message);
    case 'clear':
      return state.status === 'paused' && state.resumesItself && activity.phase === 'idle'
        ? acquire(state)
        : undefined;
    case 'pause':
      return pause(state);
    case 'resume':
      return state.status === 'paused' && activity.phase === 'idle'
        ? acquire({ ...state, resumesItself: false })
        : undefined;
    case 'cancel':
      return cancel(state, event.atMs);
  }
}

function isActive(state: SessionState): state is ActiveState {
  return state.status !== 'completed' && state.status !== 'cancelled';
}

function acquire(state: ActiveState, failing: Failing | null = null): Transition {
  return { state: withActivity(state, { phase: 'acquiring', failing }), effects: [{ type: 'acquire' }] };
}

/**
 * Restart of the process: keeps acknowledged requests, acquires the hardware again for everything
 * else.
 */
function restarted(state: ActiveState, atMs: number): Transition | undefined {
  if (state.status === 'pending') return { state: { ...state, activity: { phase: 'queued' } }, effects: [] };
  const { activity } = state;
  const requested =
    activity.phase === 'stopping' ? activity.cause : 'pausing' in activity ? activity.pausing : null;
  if (requested === 'pause' || requested === 'suspend' || requested === 'cancel')
    return {
      state: withActivity(state, { phase: 'stopping', cause: requested }),
      effects: [{ type: 'abort' }, { type: 'stop' }],
    };
  if (state.status === 'paused' && activity.phase !== 'acquiring' && activity.phase !== 'waiting')
    return { state: { ...state, activity: { phase: 'idle' } }, effects: [] };
  return isMeasured(state) ? finish(state, atMs) : acquire(state);
}

function acquired(
  state: ActiveState,
  { atMs, next, refined }: Extract<SessionEvent, { type: 'acquired' }>,
): Transition | undefined {
  const { activity } = state;
  if (activity.phase !== 'acquiring') return undefined;
  const common = {
    ...commonFields(state),
    ...(refined && {
      remaining: state.remaining + refined.added,
      refines: false,
      refineNote: refined.note,
    }),
    noteParts: notesAtStart(state, atMs),
  };
  const running = { ...common, status: 'running' as const, startedAtMs: state.startedAtMs ?? atMs };
  if (!next) return { state: { ...running, activity: { phase: 'parking' } }, effects: [{ type: 'park' }] };
  return {
    state: { ...running, activity: { phase: 'slewing', unit: next, failing: activity.failing } },
    effects: [{ type: 'slew', unit: next }],
  };
}

/**
 * Resuming by request clears the note; after an automatic resumption it is kept, so that the user
 * can read it later.
 */
function notesAtStart(state: ActiveState, atMs: number): readonly NotePart[] {
  if (state.status === 'running') return state.noteParts;
  if (state.status === 'pending' || !state.resumesItself || state.noteParts.length === 0) return [];
  return withResumption(state.noteParts, atMs);
}

function settled(state: ActiveState, unit: Unit): Transition | undefined {
  if (state.status !== 'running' || state.activity.phase !== 'slewing') return undefined;
  const { failing } = state.activity;
  return {
    state: { ...state, activity: { phase: 'measuring', unit, failing, pausing: null } },
    effects: [{ type: 'measure', unit }],
  };
}

function measured(
  state: ActiveState,
  { points, next }: Extract<SessionEvent, { type: 'measured' }>,
): Transition | undefined {
  if (state.status !== 'running' || state.activity.phase !== 'measuring') return undefined;
  const { failing, pausing } = state.activity;
  const record: Effect[] = points.length > 0 ? [{ type: 'record', points }] : [];
  const after = { ...state, remaining: state.remaining - points.length };
  if (!next || pausing)
    return { state: { ...after, activity: { phase: 'recording', pausing } }, effects: record };
  // A measured point ends a series of failures. Cells that a sweep has missed are measured by
  // stopping.
  const slewing = { phase: 'slewing' as const, unit: next, failing: points.length > 0 ? null : failing };
  // In parallel: journal and publication take no additional time.
  return { state: { ...after, activity: slewing }, effects: [...record, { type: 'slew', unit: next }] };
}

function recorded(state: ActiveState, atMs: number): Transition | undefined {
  if (state.status !== 'running' || state.activity.phase !== 'recording') return undefined;
  const { pausing } = state.activity;
  // A client that requested a pause does not expect the rotor to park.
  const waits = !isMeasured(state) && pausing !== null;
  // Cells that were out of reach may be in reach now.
  const isStuck = state.remaining > 0 && state.refines !== true;
  if (isStuck || pausing === 'pause' || waits) return stopped(state, pausing ?? 'pause', atMs, undefined);
  // Reads the position and plans again, now with the levels of all cells.
  if (!isMeasured(state)) return acquire(state);
  return { state: { ...state, activity: { phase: 'parking' } }, effects: [{ type: 'park' }] };
}

/** An explicit pause overrides a suspension. */
function pause(state: ActiveState): Transition | undefined {
  if (state.status !== 'running') return undefined;
  const { activity } = state;
  if (activity.phase === 'stopping') {
    if (activity.cause === 'pause' || activity.cause === 'cancel') return undefined;
  } else if ('pausing' in activity && activity.pausing === 'pause') return undefined;
  return stopAfterPoint({ ...state, noteParts: untilResumed(state.noteParts) }, 'pause');
}

function suspend(state: ActiveState, message: string): Transition | undefined {
  if (state.status !== 'running') return undefined;
  const { activity } = state;
  if (activity.phase === 'stopping' || activity.phase === 'parking') return undefined;
  if ('pausing' in activity && activity.pausing) return undefined;
  return stopAfterPoint({ ...state, noteParts: [{ text: message, resumesItself: true }] }, 'suspend');
}

function stopAfterPoint(state: RunningState, cause: PauseCause): Transition {
  const { activity } = state;
  // The reads of a point are never discarded: the point is finished first. In any other activity,
  // nothing is lost by stopping immediately.
  const finishes =
    activity.phase === 'recording' || (activity.phase === 'measuring' && activity.unit.kind === 'cell');
  if (!finishes) return startStopping(state, cause);
  return { state: { ...state, activity: { ...activity, pausing: cause } }, effects: [] };
}

function cancel(state: ActiveState, atMs: number): Transition | undefined {
  if (state.activity.phase === 'stopping' && state.activity.cause === 'cancel') return undefined;
  if (state.status !== 'pending') return startStopping(state, 'cancel');
  return {
    state: { ...state, status: 'cancelled', activity: { phase: 'idle' }, finishedAtMs: atMs },
    effects: [{ type: 'abort' }, { type: 'release' }],
  };
}

/** The published `notes`: the user's text, then the latest events. */
export function sessionNotes(state: SessionState): string | null {
  const parts = [state.userNotes, state.refineNote, noteText(state.noteParts), state.clockNote].filter(
    (part) => part,
  );
  return parts.length > 0 ? parts.join('\n') : null;
}
