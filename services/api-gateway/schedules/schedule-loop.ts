import { createRepeatedWork, type RepeatedWork } from '#shared/runtime/repeated-work';
import type { ScheduleParts } from './parts.ts';
import { queueDueRuns } from './queue-due-runs.ts';
import { startWaitingRuns } from './start-waiting-runs.ts';

const INTERVAL_MS = 1_000;

/**
 * Starts scheduled scans at their times. Schedules and runs are in the database, so any number of
 * gateways may do it: a run is started once.
 */
export function createScheduleLoop(parts: ScheduleParts): RepeatedWork {
  return createRepeatedWork({
    intervalMs: INTERVAL_MS,
    logger: parts.logger,
    failure: 'cannot work on the schedules now',
    async work() {
      await queueDueRuns(parts);
      await startWaitingRuns(parts);
    },
  });
}
