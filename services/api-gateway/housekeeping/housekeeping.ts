import type { Logger } from '#shared/runtime/logger';
import { createRepeatedWork, type RepeatedWork } from '#shared/runtime/repeated-work';
import type { Database } from '../store/queryable.ts';
import { clearRetained, type RetainedTopics } from './clear-retained.ts';
import { deleteScheduled } from './delete-scheduled.ts';
import { removeRemains } from './remove-remains.ts';

const INTERVAL_MS = 10_000;

/**
 * Deletes old sessions of schedules, and what is left of sessions that were deleted. Everything is
 * in the database: any gateway may do it, and one that is killed leaves it to the next one.
 */
export function createHousekeeping(
  { db, logger }: { db: Database; logger: Logger },
  mqtt: RetainedTopics,
): RepeatedWork {
  const deleting = createRepeatedWork({
    intervalMs: INTERVAL_MS,
    logger,
    failure: 'cannot remove deleted sessions now',
    async work(signal) {
      await deleteScheduled(db, logger, signal);
      await removeRemains(db, signal);
    },
  });
  // Separate: a broker that is away must not stop the deletion.
  const clearing = createRepeatedWork({
    intervalMs: INTERVAL_MS,
    logger,
    failure: 'cannot clear the retained status of deleted sessions now',
    work: (signal) => clearRetained(db, mqtt, signal),
  });
  mqtt.client.on('connect', clearing.wake);
  const both = [deleting, clearing];
  return {
    start() {
      for (const each of both) each.start();
    },
    wake() {
      for (const each of both) each.wake();
    },
    async close() {
      await Promise.all(both.map((each) => each.close()));
    },
  };
}
