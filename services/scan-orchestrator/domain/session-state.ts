import type { SessionStatus } from '#contract/session-status';
import type { NotePart } from './note-parts.ts';
import type { Unit } from './sweep-plan.ts';

/** Since when nothing has succeeded (monotonic), and how often it was tried. */
export interface Failing {
  sinceMs: number;
  attempts: number;
}

/** What makes a session stop before it ends. */
export type StopCause =
  /** A client asked for a pause. */
  | 'pause'
  /** A client asked for a cancel. */
  | 'cancel'
  /** A condition blocks measuring: weather, the Sun. The session resumes automatically. */
  | 'suspend'
  /** A fault that may clear without a person: the session resumes automatically. */
  | 'outage'
  /** A fault that a person has to look at. */
  | 'fault';

/** The causes that let a point be finished first. */
export type PauseCause = 'pause' | 'suspend';

interface Queued {
  phase: 'queued';
}
/** Requests the lease, reads the position, plans. */
interface Acquiring {
  phase: 'acquiring';
  failing: Failing | null;
}
/** Something failed; waits before it tries again. */
interface Waiting {
  phase: 'waiting';
  failing: Failing;
}
interface Slewing {
  phase: 'slewing';
  unit: Unit;
  failing: Failing | null;
}
/** At a cell, or on the way along a row; a row that is interrupted is swept again. */
export interface Measuring {
  phase: 'measuring';
  unit: Unit;
  failing: Failing | null;
  /** The session stops after this point. */
  pausing: PauseCause | null;
}
/** The session cannot continue before the journal has the point. */
interface Recording {
  phase: 'recording';
  pausing: PauseCause | null;
}
interface Parking {
  phase: 'parking';
}
interface Stopping {
  phase: 'stopping';
  cause: StopCause;
}
/** Nothing is under way. */
interface Idle {
  phase: 'idle';
}

interface Common {
  /** Cells that are not measured yet. */
  remaining: number;
  userNotes: string | null;
  /** What happened last that a person should know. */
  noteParts: readonly NotePart[];
  /** The clock was set while the session was open; records written by older versions lack it. */
  clockNote?: string | undefined;
  startedAtMs: number | null;
}

export interface PendingState extends Common {
  status: 'pending';
  activity: Queued | Acquiring | Waiting | Stopping;
}
export interface RunningState extends Common {
  status: 'running';
  activity: Acquiring | Waiting | Slewing | Measuring | Recording | Parking | Stopping;
}
/** A paused session that acquires its rotor resumes. */
export interface PausedState extends Common {
  status: 'paused';
  /** Whether it resumes automatically once the cause of the pause is over. */
  resumesItself: boolean;
  activity: Idle | Acquiring | Waiting | Stopping;
}
export interface EndedState extends Common {
  status: 'completed' | 'cancelled';
  activity: Idle;
  /** Null: it ended elsewhere, at a time that is not known here. */
  finishedAtMs: number | null;
}

/** The state of a session; the times are Unix milliseconds. */
export type SessionState = PendingState | RunningState | PausedState | EndedState;
export type ActiveState = PendingState | RunningState | PausedState;
export type Phase = SessionState['activity']['phase'];

/** A session that was just handed over. */
export function pendingSession(remaining: number, notes: string | null): PendingState {
  return {
    status: 'pending',
    activity: { phase: 'queued' },
    remaining,
    userNotes: notes,
    noteParts: [],
    startedAtMs: null,
  };
}

/** Whether it pauses, or is paused, until its cause is over. */
export function resumesItself(state: SessionState): boolean {
  const { activity } = state;
  if (activity.phase === 'stopping') return activity.cause === 'suspend' || activity.cause === 'outage';
  if (activity.phase === 'measuring' || activity.phase === 'recording') return activity.pausing === 'suspend';
  return state.status === 'paused' && state.resumesItself;
}

export function finishedAtMs(state: SessionState): number | null {
  return 'finishedAtMs' in state ? state.finishedAtMs : null;
}

/** The `<current_status>` of a refusal: the status, or the request that is under way. */
export function statusWord(state: SessionState): SessionStatus | 'pausing' | 'resuming' | 'cancelling' {
  const { activity, status } = state;
  switch (activity.phase) {
    case 'stopping':
      if (activity.cause === 'cancel') return 'cancelling';
      return activity.cause === 'pause' || activity.cause === 'suspend' || status === 'paused'
        ? 'pausing'
        : status;
    case 'measuring':
    case 'recording':
      return activity.pausing ? 'pausing' : status;
    case 'acquiring':
    case 'waiting':
      return status === 'paused' ? 'resuming' : status;
    default:
      return status;
  }
}
