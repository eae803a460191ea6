import { errorKind, errorMessage, SkyScanError } from '#shared/base/errors';
import { dueRuns } from '../domain/schedules/due-runs.ts';
import type { Queryable } from '../store/queryable.ts';
import { firingsOfSchedule } from './surroundings.ts';
import { insertRun, skipWaitingRuns } from '../store/schedules/runs.ts';
import {
  lockDueSchedules,
  setNextRun,
  type NextRun,
  type ScheduleRow,
} from '../store/schedules/schedules.ts';
import type { ScheduleParts } from './parts.ts';

const AT_ONCE = 100;
/** A trigger that cannot be computed is tried again. */
const RETRY_MS = 3_600_000;

/**
 * Adds the runs that are due to the table. The lock of the schedule and the unique time of a run
 * allow any number of gateways to do so.
 */
export async function queueDueRuns(parts: ScheduleParts): Promise<void> {
  const nowMs = parts.nowMs();
  await parts.db.transaction(async (tx) => {
    for (const schedule of await lockDueSchedules(tx, new Date(nowMs), AT_ONCE))
      await setNextRun(tx, schedule.id, await queueRunsOf(parts, tx, schedule, nowMs));
  });
}

async function queueRunsOf(
  { placeOf }: ScheduleParts,
  tx: Queryable,
  schedule: ScheduleRow,
  nowMs: number,
): Promise<NextRun> {
  const { id: schedule_id, request, next_run_at, checked_at } = schedule;
  const now = new Date(nowMs);
  let firings;
  try {
    firings = await firingsOfSchedule(placeOf, schedule);
  } catch (error) {
    if (!(error instanceof SkyScanError) || errorKind(error) === 'unavailable') throw error;
    await insertRun(tx, { schedule_id, due_at: now, status: 'failed', problem: errorMessage(error) });
    return { next_run_at: new Date(nowMs + RETRY_MS), checked_at: now };
  }
  const state = { nextMs: next_run_at?.getTime(), checkedMs: checked_at.getTime() };
  const { dueMs, missed, next } = dueRuns(firings, request.catch_up, state, nowMs);
  if (missed)
    await insertRun(tx, {
      schedule_id,
      due_at: new Date(missed.lastMs),
      status: 'missed',
      missed: missed.count,
      problem: 'Sky Scan was not running',
    });
  if (dueMs !== undefined) {
    const run = await insertRun(tx, { schedule_id, due_at: new Date(dueMs), status: 'waiting' });
    if (run) await skipWaitingRuns(tx, schedule_id, 'the next run is due', now, run.id);
  }
  return { next_run_at: next.nextMs === undefined ? null : new Date(next.nextMs), checked_at: now };
}
