import { expect } from 'vitest';
import { transition } from '../../services/scan-orchestrator/domain/machine.ts';
import type { MeasuredPoint } from '../../services/scan-orchestrator/domain/measurement.ts';
import { noteText } from '../../services/scan-orchestrator/domain/note-parts.ts';
import type { Failed, SessionEvent } from '../../services/scan-orchestrator/domain/session-events.ts';
import {
  finishedAtMs,
  pendingSession,
  resumesItself,
  type ActiveState,
  type EndedState,
  type PausedState,
  type PendingState,
  type RunningState,
  type SessionState,
  type StopCause,
} from '../../services/scan-orchestrator/domain/session-state.ts';
import type { Unit } from '../../services/scan-orchestrator/domain/sweep-plan.ts';

// Example sessions of three cells, for transition tables.

export const atMs = 9;
export const cell: Unit = { kind: 'cell', cell: 1 };
export const row: Unit = {
  kind: 'sweep',
  segment: 0,
  cells: [1, 2],
  from: { azimuthDeg: 0, elevationDeg: 10 },
  to: { azimuthDeg: 10, elevationDeg: 10 },
};

type Common<State extends ActiveState> = Partial<Omit<State, 'status' | 'activity'>>;

export function pending(activity: PendingState['activity'] = { phase: 'queued' }): PendingState {
  return { ...pendingSession(3, null), activity };
}

export function running(activity: RunningState['activity'], change: Common<RunningState> = {}): RunningState {
  return { ...pendingSession(3, null), status: 'running', startedAtMs: 1, ...change, activity };
}

export function paused(
  activity: PausedState['activity'] = { phase: 'idle' },
  change: Common<PausedState> = {},
): PausedState {
  const { remaining, userNotes, noteParts } = pendingSession(3, null);
  const common = { remaining, userNotes, noteParts, startedAtMs: 1 };
  return { ...common, status: 'paused', resumesItself: false, ...change, activity };
}

export const completed: EndedState = {
  ...pendingSession(0, null),
  status: 'completed',
  startedAtMs: 1,
  finishedAtMs: 2,
  activity: { phase: 'idle' },
};

export const acquiring = { phase: 'acquiring', failing: null } as const;
export const slewing = { phase: 'slewing', unit: cell, failing: null } as const;
export const measuring = { phase: 'measuring', unit: cell, failing: null, pausing: null } as const;
export const sweeping = { ...measuring, unit: row } as const;
export const recording = { phase: 'recording', pausing: null } as const;
export const parking = { phase: 'parking' } as const;
export const stopping = (cause: StopCause) => ({ phase: 'stopping', cause }) as const;

export function points(count: number): MeasuredPoint[] {
  return Array.from({ length: count }, () => ({}) as MeasuredPoint);
}

export function failed(change: Partial<Failed> = {}): Failed {
  return {
    type: 'failed',
    nowMs: 1_000,
    transient: true,
    reason: 'no answer',
    message: 'at az 1 el 2: no answer',
    budgetMs: 500,
    ...change,
  };
}

/** Expected fields of the next state and values derived from it. */
export interface Expected {
  status?: SessionState['status'];
  activity?: Partial<SessionState['activity']> | { phase: string };
  remaining?: number;
  startedAtMs?: number | null;
  finishedAtMs?: number;
  resumesItself?: boolean;
  note?: string | null;
  refines?: boolean;
  refineNote?: string;
}

/**
 * Name of the case, state, event, expected next state (undefined: the event is ignored), types of
 * the effects.
 */
export type Case = [string, SessionState, SessionEvent, Expected | undefined, string[]];

export function expectTransition([, state, event, expected, effects]: Case): void {
  const next = transition(state, event);
  expect(next?.effects.map(({ type }) => type) ?? []).toEqual(effects);
  if (!expected || !next) expect(next).toEqual(expected);
  else
    expect({
      ...next.state,
      resumesItself: resumesItself(next.state),
      finishedAtMs: finishedAtMs(next.state),
      note: noteText(next.state.noteParts),
    }).toMatchObject(expected);
}
