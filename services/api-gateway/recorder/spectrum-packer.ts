import type { Logger } from '#shared/runtime/logger';
import { createRepeatedWork, type RepeatedWork } from '#shared/runtime/repeated-work';
import type { Database } from '../store/queryable.ts';
import { listPackable } from '../store/spectra/list-packable.ts';
import { packTiles } from '../store/spectra/pack-tiles.ts';

const INTERVAL_MS = 10_000;

/**
 * Packs spectra into tiles in the background, independently of the recording: what a gateway leaves
 * behind, any other one packs. Spectra can be read all the time.
 */
export function createSpectrumPacker({ db, logger }: { db: Database; logger: Logger }): RepeatedWork {
  return createRepeatedWork({
    intervalMs: INTERVAL_MS,
    logger,
    failure: 'spectra cannot be packed into tiles now',
    async work(signal) {
      for (const { id, completed_points, has_ended } of await listPackable(db)) {
        if (signal.aborted) return;
        await packTiles(db, id, completed_points, has_ended);
      }
    },
  });
}
