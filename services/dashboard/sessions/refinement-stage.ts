import type { Plan } from '#contract/rest/plan';
import type { Session } from '#contract/rest/sessions';
import { formatDeg } from '#shared/sky/pointing';
import { count } from '../lib/format.ts';

type Points = Pick<Session, 'completed_points' | 'total_points'>;

/**
 * What a session with a refinement measures: its grid, nothing until the points to add are chosen,
 * or the added points. Undefined without a refinement.
 */
export function refinementStage(
  { completed_points, total_points }: Points,
  plan: Partial<Pick<Plan, 'refine' | 'columns_in_row'>> = {},
): 'grid' | 'choosing' | 'added' | undefined {
  if (!plan.refine || !plan.columns_in_row) return undefined;
  const ofGrid = plan.columns_in_row.reduce((sum, columns) => sum + columns, 0);
  if (completed_points < ofGrid) return 'grid';
  return total_points > ofGrid ? 'added' : 'choosing';
}

/** `step 2°, 31 points added`, or the limit until that is known. */
export function describeRefinement(refine: NonNullable<Plan['refine']>): string {
  const { step_deg, added_points, max_points, time_budget_s } = refine;
  const points =
    added_points !== null
      ? `${count(added_points)} points added`
      : time_budget_s !== null
        ? `at most ${count(time_budget_s)} s`
        : `at most ${count(max_points ?? 0)} points`;
  return `step ${formatDeg(step_deg)}°, ${points}`;
}

/**
 * Seconds until the expected end. A scan that is slower than planned has points left at that time:
 * the time that they take at the current rate, points per second.
 */
export function secondsLeft(
  plannedS: number,
  { completed_points, total_points }: Points,
  pointRate: number | undefined,
): number {
  if (plannedS > 0 || !pointRate) return Math.max(0, plannedS);
  return Math.max(0, total_points - completed_points) / pointRate;
}
