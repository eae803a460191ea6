import type { PendingPoint } from './measurement.ts';
import type { NotePart } from './note-parts.ts';
import type { SessionState } from './session-state.ts';
import type { Unit } from './sweep-plan.ts';

/** Published times are Unix milliseconds; times that are compared are monotonic (`nowMs`). */
export type SessionEvent =
  | { type: 'turn' }
  /** Another session has the rotor; `note`: which one. */
  | { type: 'waits'; note: string }
  | { type: 'restarted'; atMs: number }
  /** The computer's clock was set. */
  | { type: 'clock_set'; note: string }
  /**
   * Lease acquired, position read, path planned; `next`: the first unit, undefined if nothing is
   * left. `refined`: the points to add were decided.
   */
  | { type: 'acquired'; atMs: number; next: Unit | undefined; refined?: Refined | undefined }
  /** At the next cell, or at the start of the sweep over the next row. */
  | { type: 'settled'; unit: Unit }
  /** The source has moved the next cell out of reach: the rest is planned again. */
  | { type: 'out_of_reach' }
  /** One point of a cell, or any number of a sweep; `next`: the unit after them. */
  | { type: 'measured'; points: readonly PendingPoint[]; next: Unit | undefined }
  | { type: 'recorded'; atMs: number }
  | { type: 'parked'; atMs: number }
  | { type: 'retry' }
  /** `trouble`: why the rotor could not be stopped. */
  | { type: 'stopped'; atMs: number; trouble?: NotePart | undefined }
  | Failed
  /** A condition blocks measuring: wind, rain, the Sun. `message`: what, where and when. */
  | { type: 'suspend'; message: string }
  /** The cause of the suspension has been clear for the settling time. */
  | { type: 'clear' }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'cancel'; atMs: number };

/**
 * The points that a refinement has added; negative: those of a scan around a source that stay out
 * of reach.
 */
export interface Refined {
  added: number;
  note: string;
}

export interface Failed {
  type: 'failed';
  /** Monotonic. */
  nowMs: number;
  /** Whether a retry may succeed without a person. */
  transient: boolean;
  /** What failed. */
  reason: string;
  /** The reason with place and time. */
  message: string;
  budgetMs: number;
  /**
   * Number of points counted as measured that the journal rejected: they have to be measured again.
   */
  unrecorded?: number;
}

/** Actions for the engine, in this order. */
export type Effect =
  | { type: 'acquire' }
  | { type: 'slew'; unit: Unit }
  | { type: 'measure'; unit: Unit }
  | { type: 'record'; points: readonly PendingPoint[] }
  /** Waits before the next attempt. */
  | { type: 'wait'; attempts: number }
  | { type: 'park' }
  | { type: 'release' }
  | { type: 'abort' }
  | { type: 'stop' };

export interface Transition {
  state: SessionState;
  effects: Effect[];
}
