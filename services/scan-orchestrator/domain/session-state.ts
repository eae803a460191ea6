import type { SessionStatus } from '#contract/session-status';
import type { NotePart } from './note-parts.ts';
import type { Unit } from './sweep-plan.ts';

/** Since when every attempt has failed (monotonic), and the number of attempts. */
export interface Failing {
  sinceMs: number;
  attempts: number;
}

/** Why a session stops before its end. */
export type StopCause =
  /** A client asked for a pause. */
  | 'pause'
  /** A client asked for a cancel. */
  | 'cancel'
  /** A condition blocks measuring: weather, the Sun. The session resumes automatically. */
  | 'suspend'
  /** A fault that may clear without a person: the session resumes automatically. */
  | 'outage'
  /** A fault that a person has to check. */
  | 'fault';

/** The causes for which the current point is finished first. */
export type PauseCause = 'pause' | 'suspend';

interface Queued {
  phase: 'queued';
}
/** Requests the lease, reads the position, plans. */
interface Acquiring {
  phase: 'acquiring';
  failing: Failing | null;
}
/** Waits after a failure before the next attempt. */
interface Waiting {
  phase: 'waiting';
  failing: Failing;
}
interface Slewing {
  phase: 'slewing';
  unit: Unit;
  failing: Failing | null;
}
/** At a cell or along a row; an interrupted row is swept again. */
export interface Measuring {
  phase: 'measuring';
  unit: Unit;
  failing: Failing | null;
  /** The session stops after this point. */
  pausing: PauseCause | null;
}
/** The last points must be in the journal before the session continues. */
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
/** No activity. */
interface Idle {
  phase: 'idle';
}

interface Common {
  /** Number of cells not yet measured. */
  remaining: number;
  userNotes: string | null;
  /** Latest events that the user should know. */
  noteParts: readonly NotePart[];
  /** The clock was set while the session was open; records written by older versions lack it. */
  clockNote?: string | undefined;
  /** Points may be added when all cells are measured; absent: no. */
  refines?: boolean | undefined;
  /** What was added. */
  refineNote?: string | undefined;
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
/** A paused session that is acquiring its rotor resumes. */
export interface PausedState extends Common {
  status: 'paused';
  /** Whether it resumes automatically once the cause of the pause has cleared. */
  resumesItself: boolean;
  activity: Idle | Acquiring | Waiting | Stopping;
}
export interface EndedState extends Common {
  status: 'completed' | 'cancelled';
  activity: Idle;
  /** Null: it ended on another orchestrator at an unknown time. */
  finishedAtMs: number | null;
}

/** The state of a session; times are Unix milliseconds. */
export type SessionState = PendingState | RunningState | PausedState | EndedState;
export type ActiveState = PendingState | RunningState | PausedState;
export type Phase = SessionState['activity']['phase'];

/** State of a new session; `refines`: it adds points when all cells are measured. */
export function pendingSession(remaining: number, notes: string | null, refines = false): PendingState {
  return {
    status: 'pending',
    activity: { phase: 'queued' },
    remaining,
    userNotes: notes,
    noteParts: [],
    ...(refines && { refines }),
    startedAtMs: null,
  };
}

/** Whether nothing is left to measure, and nothing will be added. */
export function isMeasured({ remaining, refines }: SessionState): boolean {
  return remaining === 0 && refines !== true;
}

/** Whether it pauses, or is paused, until the cause clears. */
export function resumesItself(state: SessionState): boolean {
  const { activity } = state;
  if (activity.phase === 'stopping') return activity.cause === 'suspend' || activity.cause === 'outage';
  if (activity.phase === 'measuring' || activity.phase === 'recording') return activity.pausing === 'suspend';
  return state.status === 'paused' && state.resumesItself;
}

export function finishedAtMs(state: SessionState): number | null {
  return 'finishedAtMs' in state ? state.finishedAtMs : null;
}

/** The `<current_status>` of a refusal: the status, or the request in progress. */
export function statusLabel(state: SessionState): SessionStatus | 'pausing' | 'resuming' | 'cancelling' {
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
