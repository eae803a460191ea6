import { pino } from 'pino';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import { endSearch } from '../../services/api-gateway/store/searches/claims.ts';
import { enterSources, type IdentifiedSource } from '../../services/api-gateway/store/sources/catalogue.ts';
import {
  claimOf,
  claimSourceSearch,
  requestSourceSearch,
  storeSummary,
} from '../../services/api-gateway/store/sources/searches.ts';
import { replaceSources } from '../../services/api-gateway/store/sources/sources.ts';

const VERSION = 1;
const BEAM_WIDTH_DEG = 8;
const CLAIM = 'test';

/** A source with the error of its position, degrees; the rest has usual values. */
export function sourceAt(
  azimuth_deg: number,
  elevation_deg: number,
  errorDeg: number,
  more: Partial<IdentifiedSource> = {},
): IdentifiedSource {
  return {
    azimuth_deg,
    elevation_deg,
    azimuth_error_deg: errorDeg / Math.cos((elevation_deg * Math.PI) / 180),
    elevation_error_deg: errorDeg,
    covariance_xx: errorDeg ** 2,
    covariance_xy: 0,
    covariance_yy: errorDeg ** 2,
    peak_db: 10,
    snr: 40,
    width_deg: null,
    channels: [],
    occupancy: null,
    is_narrow: false,
    first_seen: new Date('2026-02-14T00:00:00Z'),
    last_seen: new Date('2026-02-14T00:05:00Z'),
    flags: [],
    sightings: [],
    candidates: [],
    identity: null,
    ...more,
  };
}

/** Stores these sources as the result of a search of all points of a session of site 1. */
export async function addSources(
  url: string,
  sessionId: number,
  sources: readonly IdentifiedSource[],
): Promise<void> {
  const db = createDatabase([url], pino({ level: 'silent' }));
  try {
    // In one transaction: no gateway sees the request before it is done.
    await db.transaction(async (tx) => {
      await requestSourceSearch(tx, sessionId, {});
      const search = await claimSourceSearch(tx, CLAIM, VERSION, false);
      if (search?.session_id !== sessionId) throw new Error(`session ${sessionId} is not searched next`);
      await endSearch(tx, claimOf(search, CLAIM));
      await storeSummary(tx, search, {
        version: VERSION,
        points: search.completed_points,
        beamWidthDeg: BEAM_WIDTH_DEG,
        beamWidthErrorDeg: null,
        isTruncated: false,
        identifiedWith: null,
      });
      await replaceSources(tx, sessionId, await enterSources(tx, 1, sources, BEAM_WIDTH_DEG));
    });
  } finally {
    await db.close();
  }
}
