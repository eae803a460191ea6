import type { SessionState } from './session-state.ts';

/** Why no points arrive. Times are monotonic milliseconds. */
export interface Fault {
  /** What is observed. */
  observation: string;
  /** When the last point was measured, or the session started to run. */
  sinceMs: number;
  /** When the session pauses if the fault persists; null: unknown or never. */
  pausesAtMs: number | null;
}

/**
 * The current fault; undefined: none. A failure that is being retried has priority over an overdue
 * step.
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
      // A pending session waits for its rotor indefinitely.
      pausesAtMs: status === 'pending' ? null : failing.sinceMs + budgetMs,
    };
  if (observed.overdue === undefined) return undefined;
  return { observation: observed.overdue, sinceMs: observed.progressMs, pausesAtMs: null };
}
