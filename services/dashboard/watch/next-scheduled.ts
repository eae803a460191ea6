import type { PublishedSchedule } from '#contract/rest/schedules';

/** The schedule that is due first; undefined if none is. */
export function nextScheduled(schedules: readonly PublishedSchedule[]): PublishedSchedule | undefined {
  return schedules
    .filter(({ next_run_at }) => next_run_at !== null)
    .sort((a, b) => Date.parse(a.next_run_at ?? '') - Date.parse(b.next_run_at ?? ''))[0];
}
