import { errorMessage, isTemporary } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import { lockBaseline } from '../store/baselines/baselines.ts';
import {
  claimStale,
  readLevels,
  releaseStale,
  renewStale,
  replaceStatistics,
  sessionsOfBin,
  type BandStatistics,
} from '../store/baselines/statistics.ts';
import type { Database } from '../store/queryable.ts';

/** What statistics are computed with. */
export interface StatisticsParts {
  db: Database;
  analyst: Pick<SkyAnalyst, 'summarizeLevels'>;
}

/**
 * Computes the statistics of all bins whose sessions have changed. Throws if sky-analyst or the
 * database is not available; it is then repeated.
 */
export async function refreshStatistics(
  parts: StatisticsParts & { logger: Logger },
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const stale = await claimStale(parts.db);
    if (!stale) return;
    const { id, bins } = stale;
    try {
      for (const bin of bins) if (!(await refreshBin(parts, { ...stale, bin }, signal))) break;
    } catch (error) {
      if (!signal.aborted && !isTemporary(error)) {
        // The claim stays for a while, so that the other baselines are not held up.
        parts.logger.warn({ baseline: id, reason: errorMessage(error) }, 'no statistics of a baseline');
        continue;
      }
      await releaseStale(parts.db, id);
      throw error;
    }
    await releaseStale(parts.db, id);
  }
}

/** Returns false, and stores nothing, if the sessions have changed meanwhile. */
async function refreshBin(
  parts: StatisticsParts,
  stale: { id: number; bin: string; revision: number; bands: number; cells: number },
  signal: AbortSignal,
): Promise<boolean> {
  const { id, bin, revision } = stale;
  const bands = await statisticsOf(parts, stale, signal, { onBand: () => renewStale(parts.db, id) });
  return parts.db.transaction(async (tx) => {
    if ((await lockBaseline(tx, id))?.revision !== revision) return false;
    await replaceStatistics(tx, id, bin, bands);
    return true;
  });
}

/** The statistics of a bin by band, without one session; empty without sessions. */
export async function statisticsOf(
  { db, analyst }: StatisticsParts,
  of: { id: number; bin: string; bands: number; cells: number },
  signal: AbortSignal,
  { exceptId, onBand }: { exceptId?: number; onBand?: () => Promise<void> } = {},
): Promise<BandStatistics[]> {
  const sessions = await sessionsOfBin(db, of.id, of.bin, exceptId);
  const found: BandStatistics[] = [];
  if (sessions.length === 0) return found;
  for (let band = 0; band < of.bands; band++) {
    found.push(await analyst.summarizeLevels(of.cells, readLevels(db, of.id, band, sessions), signal));
    await onBand?.();
  }
  return found;
}
