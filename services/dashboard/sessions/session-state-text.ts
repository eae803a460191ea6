import { faultText } from '#contract/fault-text';
import { countedOf } from '#shared/base/plurals';
import { clockTime } from '../lib/format.ts';
import type { Plan } from '#contract/rest/plan';
import type { Session } from '#contract/rest/sessions';
import type { Outage } from './outage.ts';
import { refinementStage } from './refinement-stage.ts';

/**
 * Describes the state of a session and what the user can do. `outage`: why the displayed state may
 * be outdated.
 */
export function describeState(
  session: Pick<Session, 'status' | 'completed_points' | 'total_points'>,
  known: Partial<Pick<Plan, 'fault' | 'rotor_rests' | 'resumes_itself' | 'refine' | 'columns_in_row'>> = {},
  outage?: Outage,
): string {
  const { status, completed_points, total_points } = session;
  const stage = refinementStage(session, known);
  if (outage && status !== 'completed' && status !== 'cancelled')
    return outage.effect === 'unknown'
      ? `Last known status: ${status}. The current status is unknown: ${outage.reason}.`
      : `Last known status: ${status}. Points arrive late: ${outage.reason}. scan-orchestrator keeps every point until it is stored.`;
  switch (status) {
    case 'pending':
      return 'Waiting for the rotor. The scan starts automatically.';
    case 'running':
      return known.fault ? 'No points are arriving.' : MEASURED[stage ?? 'grid'];
    case 'paused': {
      const rotor = known.rotor_rests
        ? 'the rotor has stopped'
        : 'the rotor may still be moving. Check its position and press Stop rotor if it moves';
      return known.resumes_itself
        ? `Paused: ${rotor}. The scan resumes automatically when the cause is resolved.`
        : `Paused: ${rotor}. Resume continues with the remaining points.`;
    }
    case 'completed':
      if (completed_points < total_points)
        return `${countedOf(completed_points, total_points, 'point')} are measured; the others were out of reach of the rotor.`;
      return stage === 'added' ? 'All points are measured.' : 'All points of the grid are measured.';
    case 'cancelled':
      return completed_points === 0
        ? 'Cancelled before the first point was measured.'
        : `Cancelled with ${countedOf(completed_points, total_points, 'point')} measured.`;
  }
}

const MEASURED = {
  grid: 'The rotor is scanning the grid.',
  choosing: 'The grid is measured. The points to add are being chosen.',
  added: 'The rotor is measuring the added points.',
};

/**
 * Describes why no points arrive, `sinceS` seconds after the report; gives the time of the pause in
 * local time.
 */
export function describeFault(
  fault: NonNullable<Plan['fault']>,
  status: Session['status'],
  sinceS: number,
  nowMs: number,
): string {
  const pause = (inS: number) => `at ${clockTime(nowMs + inS * 1000, { seconds: true, nowMs })}`;
  return faultText(fault, status, sinceS, pause);
}
