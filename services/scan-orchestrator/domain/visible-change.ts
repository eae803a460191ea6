import { sessionNotes } from './machine.ts';
import { finishedAtMs, resumesItself, statusLabel, type SessionState } from './session-state.ts';

const FACTS = [
  (state: SessionState) => state.status,
  (state: SessionState) => state.startedAtMs,
  statusLabel,
  resumesItself,
  finishedAtMs,
  sessionNotes,
];

/** Whether a change is visible to clients. Phases change with every point and stay in memory. */
export function isVisibleChange(before: SessionState, after: SessionState): boolean {
  return FACTS.some((fact) => fact(before) !== fact(after));
}
