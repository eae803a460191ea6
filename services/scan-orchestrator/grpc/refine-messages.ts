import type { RefineRange as RangeMessage, Refinement as RefinementMessage } from '#proto/scan_orchestrator';
import type { RefineSettings as SettingsMessage } from '#proto/scan_spec';
import { SkyScanError } from '#shared/base/errors';
import { pointingFromMessage } from '#shared/rotor/rotor-messages';
import { MAX_ADDED_POINTS, type GridBounds } from '#shared/sky/grid-shape';
import { refineRange } from '../domain/refine/refine-range.ts';
import type { Refinement } from '../domain/refine/refine-scan.ts';
import type { RefineSettings } from '../domain/refine/refine-settings.ts';
import type { PlanJob } from '../engine/planning.ts';
import type { Spec } from '../engine/session-record.ts';

/** Throws `invalid`. */
export function refineFromMessage(
  message: SettingsMessage,
  { stepDeg: gridStepDeg }: GridBounds,
): RefineSettings {
  const { thresholdSigma, stepDeg, maxPoints, timeBudgetS } = message;
  if (!(thresholdSigma >= 2 && thresholdSigma <= 20))
    throw invalid(`threshold ${thresholdSigma} sigma is outside 2..20`);
  if (!(stepDeg >= 0.01 && stepDeg <= gridStepDeg))
    throw invalid(`step ${stepDeg} deg is outside 0.01..${gridStepDeg} deg, the step of the grid`);
  if (timeBudgetS !== undefined) {
    if (!(timeBudgetS > 0 && timeBudgetS <= MAX_BUDGET_S))
      throw invalid(`time budget ${timeBudgetS} s must be above 0 and at most ${MAX_BUDGET_S} s`);
    return { thresholdSigma, stepDeg, limit: { seconds: timeBudgetS } };
  }
  if (!(maxPoints !== undefined && maxPoints >= 1 && maxPoints <= MAX_ADDED_POINTS))
    throw invalid(`max_points ${maxPoints ?? 0} is outside 1..${MAX_ADDED_POINTS}`);
  return { thresholdSigma, stepDeg, limit: { points: maxPoints } };
}

const MAX_BUDGET_S = 7 * 86_400;

function invalid(message: string): SkyScanError {
  return new SkyScanError('invalid', `refinement: ${message}`);
}

export function refinementFromMessage({ points, note }: RefinementMessage): Refinement {
  if (points.length > MAX_ADDED_POINTS)
    throw invalid(`${points.length} added points are more than ${MAX_ADDED_POINTS}`);
  return { points: points.map((point) => pointingFromMessage(point, 'refinement.points')), note };
}

/** Undefined without a refinement. */
export function rangeToMessage({ refine }: Spec, { inputs }: PlanJob): RangeMessage | undefined {
  if (!refine) return undefined;
  const { maxPoints, maxSeconds } = refineRange(inputs, refine);
  return { maxPoints, maxDurationS: maxSeconds };
}
