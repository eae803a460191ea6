import { sessionNotes } from './machine.ts';
import { finishedAtMs, resumesItself, statusWord, type SessionState } from './session-state.ts';

const FACTS = [
  (state: SessionState) => state.status,
  (state: SessionState) => state.startedAtMs,
  statusWord,
  resumesItself,
  finishedAtMs,
  sessionNotes,
];

/**
 * Whether a change shows outside the orchestrator. Phases come and go with every point and stay in
 * memory.
 */
export function isVisibleChange(before: SessionState, after: SessionState): boolean {
  return FACTS.some((fact) => fact(before) !== fact(after));
}
