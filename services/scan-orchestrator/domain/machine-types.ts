import type { NotePart } from './note-parts.ts';
import type { SessionStatus } from '#contract/session-status';

export type Phase =
  /** Waits for its turn on the rotor. */
  | 'queued'
  /** Asks for the lease, reads the position. */
  | 'acquiring'
  /** Something failed; waits before it tries again. */
  | 'waiting'
  | 'slewing'
  | 'integrating'
  /** Measures a row on its way; what is interrupted is swept again. */
  | 'sweeping'
  /** The point that has to be in the journal before the session may go on. */
  | 'recording'
  | 'stopping'
  | 'parking'
  /** Paused or ended: nothing is under way. */
  | 'idle';

export interface SessionState {
  status: SessionStatus;
  phase: Phase;
  /** Answered, and not yet done. */
  request: 'pause' | 'resume' | 'cancel' | null;
  /** Cells that are not measured yet. */
  remaining: number;
  /** Since when nothing has succeeded, and how often it was tried. */
  failing: { sinceMs: number; attempts: number } | null;
  userNotes: string | null;
  /** Paused, or about to be, by something that passes: it goes on by itself once that is over. */
  suspended: boolean;
  /** What happened last that a person should know. */
  noteParts: readonly NotePart[];
  /** That the clock was set while the session was open; records written by older versions lack it. */
  clockNote?: string | undefined;
  startedAtMs: number | null;
  finishedAtMs: number | null;
}

/** Times are Unix milliseconds where people see them, monotonic where they are compared (`nowMs`). */
export type SessionEvent =
  | { type: 'turn' }
  /** Not yet its turn; `note`: what it waits behind. */
  | { type: 'waits'; note: string }
  | { type: 'restarted'; atMs: number }
  /** The clock of the machine was set. */
  | { type: 'clock_set'; note: string }
  | { type: 'acquired'; atMs: number }
  /** At the next cell, or where the sweep over the next row begins. */
  | { type: 'settled'; sweeps?: boolean }
  /** So many points: one of a cell, any number of a sweep. */
  | { type: 'measured'; points: number }
  | { type: 'recorded'; atMs: number }
  | { type: 'parked'; atMs: number }
  | { type: 'retry' }
  /** `trouble`: why the rotor could not be told to stop, or did not. */
  | { type: 'stopped'; atMs: number; trouble?: NotePart | undefined }
  | Failed
  /** Something outside forbids to measure for now: wind, rain, the Sun. `message`: what, where and when. */
  | { type: 'suspend'; message: string }
  /** What suspended the session has been over for its settling time. */
  | { type: 'clear' }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'cancel'; atMs: number };

export interface Failed {
  type: 'failed';
  /** Monotonic. */
  nowMs: number;
  /** Whether trying again may help without anybody's doing. */
  passing: boolean;
  /** What happened, in plain words. */
  reason: string;
  /** The reason with where and when. */
  message: string;
  budgetMs: number;
  /** So many points that counted as measured were refused by the journal: they have to be measured again. */
  unrecorded?: number;
}

/** What the engine has to do, in this order. */
export type Effect =
  'acquire' | 'slew' | 'measure' | 'record' | 'wait' | 'park' | 'release' | 'abort' | 'stop';

export interface Transition {
  state: SessionState;
  effects: Effect[];
}
