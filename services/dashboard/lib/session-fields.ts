import type { GridBounds } from '#shared/sky/grid-shape';
import type { DetailedSessionMessage } from '#contract/live/session-messages';
import type { Plan } from '#contract/rest/plan';
import type { Session } from '#contract/rest/sessions';

type Area = Pick<Session, 'az_start' | 'az_end' | 'el_start' | 'el_end' | 'step_deg'>;

export function boundsOf(session: Area, plan: Pick<Plan, 'grid'>): GridBounds {
  return {
    kind: plan.grid,
    azStartDeg: session.az_start,
    azEndDeg: session.az_end,
    elStartDeg: session.el_start,
    elEndDeg: session.el_end,
    stepDeg: session.step_deg,
  };
}

/**
 * Updates a session from a message. While the page catches up, messages may report fewer points
 * than are known to be stored.
 */
export function mergeMessage(session: Session, message: DetailedSessionMessage): Session {
  const { status, completed, progress_pct } = message;
  // A refinement adds points.
  const total_points = Math.max(session.total_points, message.total);
  if (completed < session.completed_points) return { ...session, status, total_points };
  return { ...session, status, total_points, completed_points: completed, progress_pct };
}

type LiveFields = Pick<Plan, 'fault' | 'rotor_rests' | 'resumes_itself' | 'elapsed_s' | 'remaining_s'>;

/** The fields of a plan that a status message updates. */
export function liveFieldsOf({
  fault,
  rotor_rests,
  resumes_itself,
  elapsed_s,
  remaining_s,
}: LiveFields): LiveFields {
  return { fault, rotor_rests, resumes_itself, elapsed_s, remaining_s };
}
