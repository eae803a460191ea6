import type { ScheduleRequest } from '#contract/rest/schedules';
import { counted } from '#shared/base/plurals';
import { errorMessage } from '#shared/base/errors';
import { FieldError } from '../domain/field-error.ts';
import { untilEnd } from '../domain/schedules/due-runs.ts';
import { checkTimeZone, isQuiet } from '../domain/schedules/quiet-hours.ts';
import { firingsOf, firstFirings } from '../domain/schedules/trigger.ts';
import { previewScan, rotorFor } from '../scans/start-scan.ts';
import type { ScheduleParts } from './parts.ts';
import { surroundingsOf } from './surroundings.ts';

/** Runs that are checked against the quiet hours. */
const LOOK_AHEAD = 50;

/**
 * Checks a schedule as the start of its scan would, and returns when its first run is due and
 * how long its scan takes. Throws `FieldError`, and what a start throws.
 */
export async function checkSchedule(
  parts: ScheduleParts,
  request: ScheduleRequest,
  { createdAt, now }: { createdAt: Date; now: Date },
): Promise<{ next_run_at: Date; expected_duration_s: number }> {
  atField(['time_zone'], () => checkTimeZone(request.time_zone));
  const { site_id } = await rotorFor(parts.db, request.scan);
  const surroundings = await surroundingsOf(parts.placeOf, { site_id, request, created_at: createdAt });
  const firings = atField(['trigger'], () => firingsOf(request.trigger, surroundings));
  const firstMs = firings(now.getTime());
  if (firstMs === undefined) throw new FieldError(['trigger'], 'Never fires after now');
  if (untilEnd(firings, request.ends_at)(now.getTime()) === undefined)
    throw new FieldError(
      ['ends_at'],
      `Must not be before the first run, which is due at ${new Date(firstMs).toISOString()}`,
    );
  const { quiet_hours, time_zone } = request;
  const next = firstFirings(firings, now.getTime(), LOOK_AHEAD);
  if (quiet_hours && next.every((at) => isQuiet(quiet_hours, at, time_zone)))
    throw new FieldError(
      ['quiet_hours'],
      `All of the next ${counted(next.length, 'run')} would be in quiet hours`,
    );
  const { expectedDurationS } = await previewScan(parts, request.scan, firstMs).catch((error: unknown) => {
    if (!(error instanceof FieldError)) throw error;
    throw new FieldError(['scan', ...error.path], error.message, { cause: error });
  });
  return { next_run_at: new Date(firstMs), expected_duration_s: expectedDurationS };
}

function atField<T>(path: string[], check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw new FieldError(path, errorMessage(error), { cause: error });
  }
}
