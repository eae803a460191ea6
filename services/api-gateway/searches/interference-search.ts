import type { SkyAnalyst, InterferenceColumns } from '../clients/sky-analyst.ts';
import { extentOf, type HertzRange } from '../domain/channel-range.ts';
import type { Database } from '../store/queryable.ts';
import { findSession, type SessionRow } from '../store/sessions.ts';
import { endSearch } from '../store/searches/claims.ts';
import { RESULT_BYTES, encodeResult } from '../store/searches/interference-results.ts';
import { claimOf, claimSearch, storeResults, type ClaimedSearch } from '../store/searches/interference.ts';
import { findBands, type StoredBand } from '../store/spectra/bands.ts';
import { TILE_POINTS, tileOf } from '../store/spectra/layout.ts';
import { readPointSpectra } from '../store/spectra/read-points.ts';
import type { SearchKind } from './search-kind.ts';

/** Searches for interference, band by band. */
export function interferenceSearches({
  db,
  analyst,
  isAutomatic,
}: {
  db: Database;
  analyst: SkyAnalyst;
  isAutomatic: boolean;
}): SearchKind<ClaimedSearch> {
  return {
    what: 'interference',
    async next(claim, signal) {
      const { interferenceMask } = await analyst.methods(signal);
      return claimSearch(db, claim, interferenceMask, isAutomatic);
    },
    claimOf,
    async run(search, claim, signal) {
      await searchInterference(db, analyst, search, claim, signal);
      return endSearch(db, claimOf(search, claim));
    },
    logged: ({ session_id: sessionId, band, completed_points: points }) => ({ sessionId, band, points }),
  };
}

/**
 * Sends the spectra of a band to sky-analyst and stores the results as they arrive. Ends early if
 * another gateway has taken the search over or the session was deleted.
 */
async function searchInterference(
  db: Database,
  analyst: SkyAnalyst,
  search: ClaimedSearch,
  claim: string,
  signal: AbortSignal,
): Promise<void> {
  const { session_id, band: index, completed_points } = search;
  const session = await findSession(db, session_id);
  const band = (await findBands(db, session_id)).find((each) => each.band === index);
  if (!session || !band) return;
  const points = readPointSpectra(db, band, ['mean', 'kurtosis', 'occupancy'], completed_points);
  const tile = createTile();
  const store = () => storeResults(db, search, claim, tile.index(), tile.bytes(), tile.points());
  for await (const columns of analyst.maskInterference(band, measuredRange(session, band), points, signal))
    for (let k = 0; k < columns.mean_dbm.length; k++) {
      tile.add(columns, k);
      if (tile.isComplete() && !(await store())) return;
    }
  if (tile.points() > 0 && !tile.isComplete()) await store();
}

/** The frequencies that the session measured in a band. */
export function measuredRange({ bands, rotor }: SessionRow, band: StoredBand): HertzRange {
  const { center_frequency_hz, bandwidth_hz } = bands?.[band.band] ?? rotor;
  const extent = extentOf(band);
  return {
    fromHz: Math.max(extent.fromHz, center_frequency_hz - bandwidth_hz / 2),
    toHz: Math.min(extent.toHz, center_frequency_hz + bandwidth_hz / 2),
  };
}

/** Collects the results of a tile after the other. */
function createTile() {
  const bytes = Buffer.alloc(RESULT_BYTES * TILE_POINTS);
  let points = 0;
  const filled = () => (points === 0 ? 0 : ((points - 1) % TILE_POINTS) + 1);
  return {
    add(columns: InterferenceColumns, k: number) {
      const { mean_dbm, mean_clean_dbm, flagged_channels, flagged_time } = columns;
      encodeResult(bytes, points % TILE_POINTS, {
        mean_dbm: mean_dbm[k] ?? NaN,
        mean_clean_dbm: mean_clean_dbm[k] ?? NaN,
        flagged_channels: flagged_channels[k] ?? NaN,
        flagged_time: flagged_time[k] ?? NaN,
      });
      points++;
    },
    isComplete: () => filled() === TILE_POINTS,
    /** Of all tiles so far. */
    points: () => points,
    index: () => tileOf(points),
    bytes: () => bytes.subarray(0, filled() * RESULT_BYTES),
  };
}
