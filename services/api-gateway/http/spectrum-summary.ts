import { Mutex } from 'async-mutex';
import type { SpectrumSummary } from '#contract/rest/spectra';
import { createRecentCache } from '../domain/recent-cache.ts';
import type { Database } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { StoredBand } from '../store/spectra/bands.ts';
import { readSummary, type StoredSummary } from '../store/spectra/read-summary.ts';
import type { BulkStreams } from './bulk-streams.ts';
import { channelFields, published } from './spectrum-fields.ts';

/** Computes summaries one at a time, and keeps the last ones. */
export interface Summaries {
  /** The summary of a band as JSON. Throws the signal's reason. */
  summaryOf(session: SessionRow, band: StoredBand, signal: AbortSignal): Promise<string>;
}

/** A summary of 1,024 channels takes 30 kB. */
const MAX_CACHED_CHARACTERS = 4 * 2 ** 20;

export function createSummaries(db: Database, streams: BulkStreams): Summaries {
  const cache = createRecentCache<string>(MAX_CACHED_CHARACTERS, ({ length }) => length);
  const mutex = new Mutex();

  async function compute(session: SessionRow, band: StoredBand, signal: AbortSignal): Promise<string> {
    const leave = await streams.enter(signal);
    try {
      return JSON.stringify(toPublished(band, await readSummary(db, band, session.completed_points)));
    } finally {
      leave();
    }
  }

  return {
    summaryOf(session, band, signal) {
      // A new point changes the summary.
      const key = `${session.id}/${session.created_at.getTime()}/${session.completed_points}/${band.band}`;
      return mutex.runExclusive(async () => {
        signal.throwIfAborted();
        const text = cache.get(key) ?? (await compute(session, band, signal));
        cache.set(key, text);
        return text;
      });
    },
  };
}

function toPublished(band: StoredBand, summary: StoredSummary): SpectrumSummary {
  const { points, floorDb, medianDb, maxDb, occupancy, flags } = summary;
  return {
    ...channelFields(band),
    points,
    median_db: medianDb.every(Number.isNaN) ? null : published('median', medianDb),
    max_db: maxDb ? published('max', maxDb) : null,
    floor_db: Number.isNaN(floorDb) ? null : floorDb,
    occupancy: occupancy ? published('occupancy', occupancy) : null,
    flags: [...flags],
  };
}
