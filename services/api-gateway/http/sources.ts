import type { RequestHandler } from 'express';
import { sourceSettingsSchema, sourcesQuerySchema, type SourceSettings } from '#contract/rest/sources';
import type { Database } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import {
  cancelSourceSearch,
  findSourceSearch,
  requestSourceSearch,
  type SourceSearchRow,
} from '../store/sources/searches.ts';
import { listSources } from '../store/sources/sources.ts';
import { findBands } from '../store/spectra/bands.ts';
import { requireDirections } from '../domain/require-directions.ts';
import { acceptedFormat } from './accepted-format.ts';
import { extentOf } from '../domain/channel-range.ts';
import { CSV_TYPE } from './csv.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { requireAnalyst } from './require-analyst.ts';
import type { SessionOf } from './session-of.ts';
import { publishedSearch, publishedSource } from '../published-sources.ts';
import { SOURCE_MEDIA_TYPES, directionsGeoJson, sourcesCsv } from './source-formats.ts';

/** `/sources`: the sources of a session; POST searches with other settings. */
export function sourceHandlers(
  db: Database,
  wakeSearches: (() => void) | undefined,
  sessionOf: SessionOf,
): { get: RequestHandler; post: RequestHandler } {
  return {
    async get(request, response) {
      const query = parseOr422(sourcesQuerySchema, request.query, 'query');
      const session = await sessionOf(request.params['session_id']);
      requireDirections(session);
      const format = query.format ?? acceptedFormat(request, SOURCE_MEDIA_TYPES);
      await requireResult(db, session);
      const sources = (await listSources(db, session.id)).map(publishedSource);
      if (format === 'json') response.json(sources);
      else if (format === 'csv') response.type(CSV_TYPE.contentType).send(sourcesCsv(sources));
      else response.type(SOURCE_MEDIA_TYPES.geojson).send(JSON.stringify(directionsGeoJson(sources)));
    },
    async post(request, response) {
      const settings = parseOr422(sourceSettingsSchema, request.body ?? {}, 'body');
      const session = await sessionOf(request.params['session_id']);
      requireDirections(session);
      const wake = requireAnalyst(wakeSearches);
      if (session.completed_points === 0) throw new HttpError(409, `Session ${session.id} has no points yet`);
      await requireRange(db, session, settings);
      await requestSourceSearch(db, session.id, settings);
      wake();
      response.status(202).json(await searchesOf(db, session));
    },
  };
}

/** `/sources/searches`: the search, if there is one; DELETE ends it without a result. */
export function sourceSearchHandlers(
  db: Database,
  sessionOf: SessionOf,
): { get: RequestHandler; delete: RequestHandler } {
  return {
    async get(request, response) {
      response.json(await searchesOf(db, await sessionOf(request.params['session_id'])));
    },
    async delete(request, response) {
      const session = await sessionOf(request.params['session_id']);
      if (!(await cancelSourceSearch(db, session.id)))
        throw new HttpError(409, `No search for sources in session ${session.id} is requested or running`);
      response.status(204).end();
    },
  };
}

async function searchesOf(db: Database, { id }: SessionRow) {
  const search = await findSourceSearch(db, id);
  return search ? [publishedSearch(search)] : [];
}

/** Throws 409 with the state of the search if no result is stored. */
async function requireResult(db: Database, session: SessionRow): Promise<void> {
  const search = await findSourceSearch(db, session.id);
  if (search && search.version !== null && search.status !== 'failed') return;
  throw new HttpError(409, `The sources of session ${session.id} are not known yet: ${stateOf(search)}`);
}

function stateOf(search: SourceSearchRow | undefined): string {
  switch (search?.status) {
    case undefined:
      return 'the search begins when the session has enough points, or when requested';
    case 'running':
      return `the search has done ${Math.round(100 * search.progress)} %`;
    case 'failed':
      return `the search failed: ${search.problem ?? 'unknown'}`;
    default:
      return 'the search is requested';
  }
}

/** Throws 409 without spectra, 422 if the session has not measured the frequencies. */
async function requireRange(db: Database, { id }: SessionRow, settings: SourceSettings): Promise<void> {
  const { from_hz: fromHz, to_hz: toHz } = settings;
  if (fromHz === undefined || toHz === undefined) return;
  const extents = (await findBands(db, id)).map(extentOf);
  if (extents.length === 0)
    throw new HttpError(409, `Session ${id} has no spectra: from_hz and to_hz need them`);
  if (extents.some((extent) => extent.fromHz < toHz && fromHz < extent.toHz)) return;
  const bands = extents.map((extent) => `${extent.fromHz}..${extent.toHz} Hz`).join(', ');
  const msg = `${fromHz}..${toHz} Hz was not measured; measured: ${bands}`;
  throw new HttpError(422, [{ loc: ['body', 'from_hz'], msg, type: 'value_error' }]);
}
