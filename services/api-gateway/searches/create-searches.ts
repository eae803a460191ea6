import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import type { Place } from '#shared/sky/look';
import { solveAfterSearch } from '../bearings/solve-after-search.ts';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import { identifySession } from '../identification/identify-session.ts';
import type { PlaceOf } from '../sites/site-place.ts';
import type { Database } from '../store/queryable.ts';
import { publishSources, type SourcePublisher } from './publish-sources.ts';
import type { RepeatedWork } from '#shared/runtime/repeated-work';
import type { SearchParts } from './search-kind.ts';
import { createSearchLoop } from './search-loop.ts';

export interface SearchServices {
  db: Database;
  analyst: SkyAnalyst;
  mqtt: SourcePublisher;
  /** Whether sessions are searched without a request. */
  isAutomatic: boolean;
  placeOf: PlaceOf;
  /** Place of the local site if it has none of its own. */
  localPlace: Place | undefined;
  /** What follows the searches, in the same loop. */
  afterwards: (search: SearchParts) => Promise<void>;
  logger: Logger;
}

/** The searches of a gateway, and what follows them: names, places on the ground, messages. */
export function createSearches({
  db,
  analyst,
  mqtt,
  isAutomatic,
  placeOf,
  localPlace,
  afterwards,
  logger,
}: SearchServices): RepeatedWork {
  const publish = () => publishSources(db, mqtt);
  const loop = createSearchLoop({
    db,
    analyst,
    isAutomatic,
    afterwards,
    logger,
    publish,
    identify: (session, sources, signal) => identifySession(db, analyst, placeOf, session, sources, signal),
    async onFound({ id: sessionId }, signal) {
      await publish().catch(() => undefined);
      try {
        const { places } = await solveAfterSearch(db, analyst, sessionId, signal, localPlace);
        if (places > 0) logger.info({ sessionId, places }, 'solved bearings of several sites');
      } catch (error) {
        // The sources are stored; places follow with the next search.
        if (!signal.aborted)
          logger.warn({ sessionId, reason: errorMessage(error) }, 'no places on the ground');
      }
    },
  });
  mqtt.client.on('connect', loop.wake);
  return loop;
}
