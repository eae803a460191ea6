import type { SessionState } from './session-state.ts';

/** Why no points arrive. Times are monotonic milliseconds. */
export interface Fault {
  /** What is observed, in plain words. */
  observation: string;
  /** When the last point was measured, or the session began to run. */
  sinceMs: number;
  /** When the session pauses unless the fault ends first; null: not known, or never. */
  pausesAtMs: number | null;
}

/**
 * What keeps a session from measuring now; undefined: nothing. A failure that is being retried
 * comes first, then a step that takes longer than expected.
 */
export function faultOf(
  { status, activity }: Pick<SessionState, 'status' | 'activity'>,
  observed: { reason: string | undefined; overdue: string | undefined; progressMs: number },
  budgetMs: number,
): Fault | undefined {
  const failing = 'failing' in activity ? activity.failing : null;
  if (failing)
    return {
      observation: observed.reason ?? 'the hardware does not answer',
      sinceMs: Math.min(observed.progressMs, failing.sinceMs),
      // A pending session waits for its rotor as long as it takes.
      pausesAtMs: status === 'pending' ? null : failing.sinceMs + budgetMs,
    };
  if (observed.overdue === undefined) return undefined;
  return { observation: observed.overdue, sinceMs: observed.progressMs, pausesAtMs: null };
}
