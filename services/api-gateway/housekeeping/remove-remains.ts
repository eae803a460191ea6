import { sleep } from '#shared/runtime/waiting';
import { claimRemains, markPurged, purge, releaseRemains, renewClaim } from '../store/deletions/purge.ts';
import type { Database } from '../store/queryable.ts';
import { lockCatalogue, removeEmptyEntries } from '../store/sources/catalogue.ts';

/** Removes the points, spectra and empty entries of the catalogue of sessions that were deleted. */
export async function removeRemains(db: Database, signal: AbortSignal): Promise<void> {
  for (;;) {
    const remains = await claimRemains(db);
    if (!remains) return;
    const { id, site_id } = remains;
    let startedMs = performance.now();
    for await (const _batch of purge(db, id)) {
      if (signal.aborted) return releaseRemains(db, id);
      await renewClaim(db, id);
      // As long as the batch took: the recording of points has at least half of the database.
      await sleep(performance.now() - startedMs, signal).catch(() => undefined);
      startedMs = performance.now();
    }
    await db.transaction(async (tx) => {
      await lockCatalogue(tx, site_id);
      await removeEmptyEntries(tx, site_id);
      await markPurged(tx, id);
    });
  }
}
