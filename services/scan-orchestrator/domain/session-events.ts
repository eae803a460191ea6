import type { MeasuredPoint } from './measurement.ts';
import type { NotePart } from './note-parts.ts';
import type { SessionState } from './session-state.ts';
import type { Unit } from './sweep-plan.ts';

/**
 * Times are Unix milliseconds where people see them, monotonic where they are compared (`nowMs`).
 */
export type SessionEvent =
  | { type: 'turn' }
  /** Another session has the rotor; `note`: which one. */
  | { type: 'waits'; note: string }
  | { type: 'restarted'; atMs: number }
  /** The clock of the machine was set. */
  | { type: 'clock_set'; note: string }
  /**
   * Lease held, position read, path planned; `next`: what is measured first, undefined if nothing
   * is left.
   */
  | { type: 'acquired'; atMs: number; next: Unit | undefined }
  /** At the next cell, or where the sweep over the next row begins. */
  | { type: 'settled'; unit: Unit }
  /** One point of a cell, any number of a sweep; `next`: what is measured after them. */
  | { type: 'measured'; points: readonly MeasuredPoint[]; next: Unit | undefined }
  | { type: 'recorded'; atMs: number }
  | { type: 'parked'; atMs: number }
  | { type: 'retry' }
  /** `trouble`: why the rotor could not be stopped. */
  | { type: 'stopped'; atMs: number; trouble?: NotePart | undefined }
  | Failed
  /** A condition blocks measuring: wind, rain, the Sun. `message`: what, where and when. */
  | { type: 'suspend'; message: string }
  /** The cause of the suspension has been over for its settling time. */
  | { type: 'clear' }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'cancel'; atMs: number };

export interface Failed {
  type: 'failed';
  /** Monotonic. */
  nowMs: number;
  /** Whether a retry may succeed without a person. */
  passing: boolean;
  /** What happened, in plain words. */
  reason: string;
  /** The reason with place and time. */
  message: string;
  budgetMs: number;
  /**
   * How many points that counted as measured the journal refused: they have to be measured again.
   */
  unrecorded?: number;
}

/** What the engine has to do, in this order. */
export type Effect =
  | { type: 'acquire' }
  | { type: 'slew'; unit: Unit }
  | { type: 'measure'; unit: Unit }
  | { type: 'record'; points: readonly MeasuredPoint[] }
  /** Before the next attempt. */
  | { type: 'wait'; attempts: number }
  | { type: 'park' }
  | { type: 'release' }
  | { type: 'abort' }
  | { type: 'stop' };

export interface Transition {
  state: SessionState;
  effects: Effect[];
}
