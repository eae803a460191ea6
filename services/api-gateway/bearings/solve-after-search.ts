import type { Crossing } from '#contract/rest/bearings';
import type { Place } from '#shared/sky/look';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import {
  lockPlaces,
  replacePlaces,
  sourcesAround,
  type NewPlace,
  type SourceRow,
} from '../store/ground-places.ts';
import type { Database } from '../store/queryable.ts';
import { listSites } from '../store/sites.ts';
import { bearingsOfSources, type SkippedSource } from './bearings-of-sources.ts';
import { placedSite } from '../sites/site-place.ts';

/** What became of the sources of a session. */
export interface SolvedSearch {
  /** Stored places. */
  places: number;
  /** Sources without bearing. */
  skipped: SkippedSource[];
}

/**
 * Call it when the sources of a session are stored: solves them with the sources of other sites
 * that were seen at the same time, and replaces the stored places. Throws the error of sky-analyst,
 * also `invalid` for too many sources; then the places stay. `localPlace`: that of the local site
 * if it has none of its own.
 */
export async function solveAfterSearch(
  db: Database,
  analyst: Pick<SkyAnalyst, 'solveBearings'>,
  sessionId: number,
  signal: AbortSignal,
  localPlace?: Place,
): Promise<SolvedSearch> {
  for (;;) {
    signal.throwIfAborted();
    const sources = await sourcesAround(db, sessionId);
    const sites = new Map((await listSites(db)).map((site) => [site.id, placedSite(site, localPlace)]));
    const { bearings, skipped } = bearingsOfSources(sources, (siteId) => sites.get(siteId));
    const severalSites = new Set(bearings.map(({ siteId }) => siteId)).size > 1;
    const crossings = severalSites
      ? (await analyst.solveBearings(bearings, { associate: true }, signal)).crossings
      : [];
    const places = crossings.map((crossing) => withTimes(crossing, sources));
    const isStored = await db.transaction(async (tx) => {
      await lockPlaces(tx);
      // Another search may have ended meanwhile.
      const now = (await sourcesAround(tx, sessionId)).map(({ id }) => id);
      if (now.join() !== sources.map(({ id }) => id).join()) return false;
      await replacePlaces(tx, sessionId, now, places);
      return true;
    });
    if (isStored) return { places: places.length, skipped };
  }
}

function withTimes(crossing: Crossing, sources: readonly SourceRow[]): NewPlace {
  const used = new Set(crossing.bearings.map(({ source_id }) => source_id));
  const own = sources.filter(({ id }) => used.has(id));
  return {
    crossing,
    firstSeen: new Date(Math.min(...own.map(({ first_seen }) => first_seen.getTime()))),
    lastSeen: new Date(Math.max(...own.map(({ last_seen }) => last_seen.getTime()))),
  };
}
