import type { Trigger, ScheduleRequest } from '#contract/rest/schedules';
import { untilEnd } from '../domain/schedules/due-runs.ts';
import { firingsOf, type NextFiring, type TriggerSurroundings } from '../domain/schedules/trigger.ts';
import type { PlaceOf } from '../sites/site-place.ts';

const NEEDS_PLACE: Trigger['kind'][] = ['sidereal', 'sunrise', 'sunset'];

/** What the trigger of a schedule depends on. */
export async function surroundingsOf(
  placeOf: PlaceOf,
  schedule: { site_id: number; request: ScheduleRequest; created_at: Date },
): Promise<TriggerSurroundings> {
  const { trigger, time_zone } = schedule.request;
  return {
    timeZone: time_zone,
    createdMs: schedule.created_at.getTime(),
    place: NEEDS_PLACE.includes(trigger.kind) ? await placeOf(schedule.site_id) : undefined,
  };
}

/** The times at which a schedule is due, until it ends. Throws what `firingsOf` throws. */
export async function firingsOfSchedule(
  placeOf: PlaceOf,
  schedule: Parameters<typeof surroundingsOf>[1],
): Promise<NextFiring> {
  const { trigger, ends_at } = schedule.request;
  return untilEnd(firingsOf(trigger, await surroundingsOf(placeOf, schedule)), ends_at);
}
