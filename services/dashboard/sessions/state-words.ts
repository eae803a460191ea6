import { faultText } from '#contract/fault-text';
import { countedOf } from '#shared/base/plurals';
import { clockTime } from '../lib/format.ts';
import type { Plan } from '#contract/rest/plan';
import type { Session } from '#contract/rest/sessions';
import type { Trouble } from './trouble.ts';

/**
 * The state of a session in a sentence, and what it means for who looks at it. `trouble`: why the
 * page may not know the state, or learns of it late.
 */
export function stateWords(
  { status, completed_points, total_points }: Pick<Session, 'status' | 'completed_points' | 'total_points'>,
  known: Partial<Pick<Plan, 'fault' | 'rotor_rests' | 'resumes_itself'>> = {},
  trouble?: Trouble,
): string {
  if (trouble && status !== 'completed' && status !== 'cancelled')
    return trouble.effect === 'unknown'
      ? `Was ${status} when it was last heard of. Whether the scan continues is not known: ${trouble.reason}.`
      : `Was ${status} when it was last heard of. Points come late: ${trouble.reason}. scan-orchestrator keeps every point until it is stored.`;
  switch (status) {
    case 'pending':
      return 'Waits for its rotor; begins by itself.';
    case 'running':
      return known.fault ? 'No points arrive.' : 'The rotor moves and the receiver measures.';
    case 'paused': {
      const rotor = known.rotor_rests
        ? 'the rotor holds'
        : 'the rotor is not known to stand. Look at its position, press Stop if it moves';
      return known.resumes_itself
        ? `Paused: ${rotor}. Resumes automatically when the cause is over.`
        : `Paused: ${rotor}. Resume continues with the first point that is missing.`;
    }
    case 'completed':
      return 'Every point of the grid is measured.';
    case 'cancelled':
      return completed_points === 0
        ? 'Cancelled before the first point.'
        : `Cancelled; what was measured is kept: ${countedOf(completed_points, total_points, 'point')}.`;
  }
}

/**
 * Why no points arrive, `heardS` seconds after it was reported; the time of the pause is that of
 * this device.
 */
export function faultWords(
  fault: NonNullable<Plan['fault']>,
  status: Session['status'],
  heardS: number,
  nowMs: number,
): string {
  const pause = (inS: number) => `at ${clockTime(nowMs + inS * 1000, { seconds: true, nowMs })}`;
  return faultText(fault, status, heardS, pause);
}
