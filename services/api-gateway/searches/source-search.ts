import type { Candidates } from '#contract/rest/candidates';
import type { SourceSettings } from '#contract/rest/sources';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import type { SourceBand, SourceReport } from '../clients/source-messages.ts';
import type { HertzRange } from '../domain/channel-range.ts';
import { knownSkyVersion } from '../identification/identify.ts';
import type { Database } from '../store/queryable.ts';
import { endSearch } from '../store/searches/claims.ts';
import { readResults } from '../store/searches/interference-results.ts';
import { listSearches } from '../store/searches/interference.ts';
import { findBeam } from '../store/rotor-beams.ts';
import { findSession, type SessionRow } from '../store/sessions.ts';
import type { IdentifiedSource } from '../store/sources/catalogue.ts';
import { readPackedPoints, typicalIntegrationS } from '../store/sources/points.ts';
import {
  claimOf,
  claimSourceSearch,
  storeProgress,
  storeSummary,
  type ClaimedSourceSearch,
} from '../store/sources/searches.ts';
import type { FoundSource } from '../store/sources/sources.ts';
import { findBands, type StoredBand } from '../store/spectra/bands.ts';
import { readPointSpectra } from '../store/spectra/read-points.ts';
import { measuredRange } from './interference-search.ts';
import { measuredLobes } from './measured-lobes.ts';
import type { SearchKind } from './search-kind.ts';
import { replaceIdentified, withNames } from './store-sources.ts';

export interface SourceSearchParts {
  db: Database;
  analyst: SkyAnalyst;
  /** Whether sessions are searched without a request. */
  isAutomatic: boolean;
  /** Identifies sources, in their order. */
  identify(session: SessionRow, sources: readonly FoundSource[], signal: AbortSignal): Promise<Candidates[]>;
  /** After the sources of a session are stored. */
  onFound(session: SessionRow, signal: AbortSignal): Promise<void>;
}

/** Progress is stored when it has grown by this share. */
const PROGRESS_STEP = 0.05;
/** Interference raises the level of a point by more than this. */
const INTERFERENCE_DB = 0.2;
const DEFAULT_INTEGRATION_S = 0.1;

/** Searches for sources, session by session. */
export function sourceSearches(parts: SourceSearchParts): SearchKind<ClaimedSourceSearch> {
  const { db, analyst, isAutomatic } = parts;
  let version = 0;
  return {
    what: 'sources',
    async next(claim, signal) {
      version = (await analyst.methods(signal)).sourceFinder;
      return claimSourceSearch(db, claim, version, isAutomatic);
    },
    claimOf,
    run: (search, claim, signal) => searchSources(parts, search, claim, version, signal),
    failed: (search) =>
      storeSummary(db, search, {
        version,
        points: search.completed_points,
        beamWidthDeg: null,
        beamWidthErrorDeg: null,
        isTruncated: false,
        identifiedWith: null,
      }),
    logged: ({ session_id: sessionId, completed_points: points }) => ({ sessionId, points }),
  };
}

async function searchSources(
  parts: SourceSearchParts,
  search: ClaimedSourceSearch,
  claim: string,
  version: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { db, analyst } = parts;
  const session = await findSession(db, search.session_id);
  if (!session) return false;
  let stored = 0;
  const report = await analyst.findSources(
    {
      settings: {
        beamWidthDeg: search.settings.beam_width_deg ?? session.rotor.beam_width_deg ?? undefined,
        thresholdSigma: search.settings.threshold_sigma,
        gainError: search.settings.gain_error,
        maxSources: search.settings.max_sources,
        measuredLobes: measuredLobes(await findBeam(db, session.rotor_id), frequencyOf(session)),
      },
      points: readPackedPoints(db, session.id, search.completed_points),
      bands: bandsOf(db, session, search),
    },
    async (progress) => {
      if (progress < stored + PROGRESS_STEP) return;
      stored = progress;
      await storeProgress(db, search, claim, progress);
    },
    signal,
  );
  const identifiedWith = await knownSkyVersion(db);
  const sources = await identified(parts, session, report, signal);
  const isStored = await storeSources(db, session, search, claim, {
    ...report,
    version,
    identifiedWith,
    sources,
  });
  if (isStored) await parts.onFound(session, signal);
  return isStored;
}

/** Returns false, and stores nothing, if the search was cancelled or another gateway has it. */
async function storeSources(
  db: Database,
  session: SessionRow,
  search: ClaimedSourceSearch,
  claim: string,
  found: Omit<SourceReport, 'sources'> & {
    version: number;
    identifiedWith: string;
    sources: IdentifiedSource[];
  },
): Promise<boolean> {
  const { sources, beamWidthErrorDeg = null, ...summary } = found;
  const points = search.completed_points;
  return db.transaction(async (tx) => {
    if (!(await endSearch(tx, claimOf(search, claim)))) return false;
    await storeSummary(tx, search, { ...summary, points, beamWidthErrorDeg });
    await replaceIdentified(tx, session, sources, summary.beamWidthDeg);
    return true;
  });
}

async function identified(
  parts: SourceSearchParts,
  session: SessionRow,
  { sources }: SourceReport,
  signal: AbortSignal,
): Promise<IdentifiedSource[]> {
  const found = sources.map((source): FoundSource => ({ ...source, candidates: [] }));
  const names = found.length === 0 ? [] : await parts.identify(session, found, signal);
  return withNames(found, names);
}

async function* bandsOf(
  db: Database,
  session: SessionRow,
  { settings, completed_points: points, is_quick: isQuick }: ClaimedSourceSearch,
): AsyncGenerator<SourceBand, void> {
  const integrationS = (await typicalIntegrationS(db, session.id)) ?? DEFAULT_INTEGRATION_S;
  const bands = isQuick || settings.spectra === false ? [] : await findBands(db, session.id);
  if (bands.length === 0) {
    const { center_frequency_hz: centreHz, bandwidth_hz: widthHz } = session.bands?.[0] ?? session.rotor;
    yield {
      range: { fromHz: centreHz - widthHz / 2, toHz: centreHz + widthHz / 2 },
      integrationS,
      interference: undefined,
      spectra: undefined,
    };
    return;
  }
  for (const band of bands) {
    const range = within(measuredRange(session, band), settings);
    if (!range) continue;
    yield {
      range,
      integrationS,
      interference: await interferenceIn(db, band, points),
      spectra: { band, blocks: readPointSpectra(db, band, ['mean', 'occupancy'], points) },
    };
  }
}

function frequencyOf({ bands, rotor }: SessionRow): number {
  return (bands?.[0] ?? rotor).center_frequency_hz;
}

/** The requested part of a range; undefined: none. */
function within({ fromHz, toHz }: HertzRange, { from_hz, to_hz }: SourceSettings): HertzRange | undefined {
  const range = { fromHz: Math.max(fromHz, from_hz ?? -Infinity), toHz: Math.min(toHz, to_hz ?? Infinity) };
  return range.fromHz < range.toHz ? range : undefined;
}

/** 1 for each point whose level interference has raised; undefined: not searched. */
async function interferenceIn(
  db: Database,
  { sessionId, band }: StoredBand,
  points: number,
): Promise<Uint8Array | undefined> {
  const search = (await listSearches(db, sessionId)).find((each) => each.band === band);
  if (search?.status !== 'done') return undefined;
  const flags = new Uint8Array(points);
  for await (const { firstSeq, values } of readResults(db, { id: sessionId, band }, 0, points))
    for (let k = 0; k < values.mean_dbm.length; k++) {
      const raisedDb = (values.mean_dbm[k] as number) - (values.mean_clean_dbm[k] as number);
      // Not a number: all channels have interference, or the point has no spectrum.
      flags[firstSeq - 1 + k] = raisedDb > INTERFERENCE_DB ? 1 : 0;
    }
  return flags;
}
