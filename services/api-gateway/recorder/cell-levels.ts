import type { Logger } from '#shared/runtime/logger';
import { createRepeatedWork, type RepeatedWork } from '#shared/runtime/repeated-work';
import { sleep } from '#shared/runtime/waiting';
import { storeCellLevels } from '../store/cell-levels.ts';
import type { Database } from '../store/queryable.ts';

const INTERVAL_MS = 10_000;

/**
 * Stores the levels of ended sessions by cell, also those of sessions that older versions recorded.
 * Any gateway may do it; until then they are read from the points.
 */
export function createCellLevels(
  { db, logger }: { db: Database; logger: Logger },
  intervalMs = INTERVAL_MS,
): RepeatedWork {
  return createRepeatedWork({
    intervalMs,
    logger,
    failure: 'cannot store the levels of sessions by cell now',
    async work(signal) {
      let id: number | undefined = 0;
      while (!signal.aborted) {
        const startedMs = performance.now();
        id = await storeCellLevels(db, id);
        if (id === undefined) return;
        // As long as it took: the recording of points has at least half of the database.
        await sleep(performance.now() - startedMs, signal).catch(() => undefined);
      }
    },
  });
}
