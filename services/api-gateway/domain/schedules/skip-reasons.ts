export const QUIET_HOURS = 'quiet hours';
export const SCHEDULE_CHANGED = 'the schedule was changed';

/** Whether a run was skipped because its owner wants it so. */
export function isSkippedByDesign(problem: string | null): boolean {
  return [QUIET_HOURS, SCHEDULE_CHANGED].some((reason) => problem?.startsWith(reason));
}
