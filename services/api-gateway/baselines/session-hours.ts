import { hoursAt, type Hours } from '../domain/baselines/bins.ts';
import type { BaselineRow } from '../store/baselines/baselines.ts';
import { findSchedule } from '../store/schedules/schedules.ts';
import type { SessionRow } from '../store/sessions.ts';
import { measuredTimes } from '../store/sources/points.ts';
import type { ComparisonParts } from './parts.ts';

/** The hours at the middle of a session, in the time zone of the schedule of the baseline. */
export async function hoursOf(
  { db, placeOf }: Pick<ComparisonParts, 'db' | 'placeOf'>,
  session: SessionRow,
  { schedule_id }: BaselineRow,
): Promise<Hours> {
  const times = await measuredTimes(db, session.id, session.completed_points);
  const schedule = schedule_id === null ? undefined : await findSchedule(db, schedule_id);
  const place = await placeOf(session.site_id);
  if (!times) return { local_hour: null, sidereal_hour: null };
  return hoursAt((times.firstMs + times.lastMs) / 2, schedule?.request.time_zone, place);
}
