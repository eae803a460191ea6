import { counted } from '#shared/base/plurals';
import { formatDeg } from '#shared/sky/pointing';
import type { Limited } from './limit-discs.ts';
import type { RefineSettings } from './refine-settings.ts';

/** What a refinement did, for the notes of the session. */
export function refineNote(settings: RefineSettings, { points, refined, omitted }: Limited): string {
  const { thresholdSigma, stepDeg, limit } = settings;
  if (refined + omitted === 0) return `Nothing above ${thresholdSigma} sigma: not refined.`;
  const reason = 'points' in limit ? 'max_points' : 'time_budget_s';
  const parts = [
    refined > 0 &&
      `Refined ${counted(refined, 'detection')} with ${points.length} more point${points.length === 1 ? '' : 's'} ` +
        `(step ${formatDeg(stepDeg)} deg).`,
    omitted > 0 && `${counted(omitted, 'detection')} omitted: ${reason}.`,
  ];
  return parts.filter((part) => part !== false).join(' ');
}
