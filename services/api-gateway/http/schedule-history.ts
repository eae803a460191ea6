import type { Router } from 'express';
import { parseId } from '#contract/ids';
import { SkyScanError } from '#shared/base/errors';
import type { Painter } from '../drawing/painter.ts';
import type { Database } from '../store/queryable.ts';
import { findSchedule } from '../store/schedules/schedules.ts';
import { resource } from './resource.ts';
import { scheduleLevelsHandler } from './schedule-levels.ts';
import { framesHandler, timeLapseHandlers } from './time-lapse.ts';

/** What the sessions of a schedule show over time. */
export function scheduleHistoryRoutes(
  router: Router,
  { db, painter }: { db: Database; painter: Painter },
): void {
  async function scheduleOf(text: unknown) {
    const id = parseId(text);
    const schedule = id === undefined ? undefined : await findSchedule(db, id);
    if (!schedule) throw new SkyScanError('not_found', 'Schedule not found');
    return schedule;
  }
  const path = '/api/schedules/:schedule_id';
  const { gif, strip } = timeLapseHandlers(db, painter, scheduleOf);
  resource(router, `${path}/levels`, { get: scheduleLevelsHandler(db, scheduleOf) });
  resource(router, `${path}/timelapse`, { get: framesHandler(db, scheduleOf) });
  resource(router, `${path}/timelapse.gif`, { get: gif });
  resource(router, `${path}/timelapse-strip.png`, { get: strip });
}
