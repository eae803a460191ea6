import type { GrpcSettings } from '#shared/runtime/grpc-credentials';
import type { Place } from '#shared/sky/look';
import { createComparisons } from './baselines/create-comparisons.ts';
import { connectSkyAnalyst, type SkyAnalyst } from './clients/sky-analyst.ts';
import { elementsSourcesFrom, type Config } from './config.ts';
import { createElementsRefresh } from './identification/elements-refresh.ts';
import { createPointingJobs } from './pointing/job-loop.ts';
import type { PointingParts } from './pointing/parts.ts';
import { createSearches, type SearchServices } from './searches/create-searches.ts';
import type { Database } from './store/queryable.ts';

/** sky-analyst and the work with it in the background. */
export interface SkyAnalysis {
  analyst: SkyAnalyst;
  /** Look for due work now. */
  wakeSearches: () => void;
  wakePointing: () => void;
  /** Begins the work; the database must be migrated. */
  start(): void;
  /** Ends the work; the connection stays for requests. */
  stop(): Promise<void>;
}

export interface SkyAnalysisParts extends Omit<PointingParts, 'analyst'>, Pick<SearchServices, 'mqtt'> {
  db: Database;
  localPlace: Place | undefined;
}

/** Undefined: no sky-analyst is configured. */
export function createSkyAnalysis(
  config: Config,
  security: GrpcSettings,
  parts: SkyAnalysisParts,
): SkyAnalysis | undefined {
  if (config.SKY_ANALYST_ADDRESS === undefined) return undefined;
  const analyst = connectSkyAnalyst(config.SKY_ANALYST_ADDRESS, security);
  const searches = createSearches({
    ...parts,
    analyst,
    isAutomatic: config.SEARCH_SESSIONS === 'automatic',
    afterwards: createComparisons({ ...parts, analyst }),
  });
  const pointing = createPointingJobs({ ...parts, analyst });
  const refresh = createElementsRefresh(parts.db, analyst, parts.logger, elementsSourcesFrom(config));
  const work = [searches, pointing, refresh];
  return {
    analyst,
    wakeSearches: searches.wake,
    wakePointing: pointing.wake,
    start() {
      for (const each of work) each.start();
    },
    async stop() {
      await Promise.all(work.map((each) => each.close()));
    },
  };
}
