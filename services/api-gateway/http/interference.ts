import type { RequestHandler } from 'express';
import {
  INTERFERENCE_VALUES,
  isInterferenceLevel,
  type InterferenceValue,
} from '#contract/interference-values';
import { interferenceQuerySchema, type InterferenceSearch } from '#contract/rest/interference';
import { publishedTime } from '#contract/mqtt-messages';
import { rounded } from '../domain/rounding.ts';
import { readResults, type ResultBlock } from '../store/searches/interference-results.ts';
import { listSearches, requestSearches, type SearchRow } from '../store/searches/interference.ts';
import type { Database, Queryable } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import { bandAt, bandsOf } from './band-selection.ts';
import { prefetch, streamBulk } from './bulk-response.ts';
import type { BulkStreams } from './bulk-streams.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { pageOf } from './page-of.ts';
import { requireAnalyst } from './require-analyst.ts';
import type { SessionOf } from './session-of.ts';
import { valueFormat } from './value-formats.ts';

/** `/interference`: what the search found at every point of a band. */
export function interferenceHandler(
  db: Database,
  streams: BulkStreams,
  sessionOf: SessionOf,
): RequestHandler {
  return async (request, response) => {
    const query = parseOr422(interferenceQuerySchema, request.query, 'query');
    const session = await sessionOf(request.params['session_id']);
    const { points } = await finishedSearch(db, session, query.band);
    const format = valueFormat(request, query, INTERFERENCE_VALUES);
    const { afterSeq, upToSeq } = pageOf(query, points);
    await streamBulk(request, response, format, streams, () =>
      roundedResults(db, { id: session.id, band: query.band }, afterSeq, upToSeq),
    );
  };
}

/**
 * The search of a band whose result is stored. Throws 409 with its state if it has not finished,
 * or if the session has no spectra; 422 if it does not have the band.
 */
export async function finishedSearch(db: Queryable, session: SessionRow, index: number): Promise<SearchRow> {
  bandAt(await bandsOf(db, session), index);
  const search = (await listSearches(db, session.id)).find(({ band }) => band === index);
  if (search?.status === 'done') return search;
  throw new HttpError(
    409,
    `The interference in band ${index} of session ${session.id} is not known yet: ${stateOf(search, session)}`,
  );
}

function stateOf(search: SearchRow | undefined, { completed_points }: SessionRow): string {
  switch (search?.status) {
    case undefined:
      return 'the search begins when the session has ended, or when requested';
    case 'running':
      return `the search has processed ${search.points} of ${completed_points} points`;
    case 'failed':
      return `the search failed: ${search.problem ?? 'unknown'}`;
    default:
      return 'the search is requested';
  }
}

async function* roundedResults(
  db: Database,
  of: { id: number; band: number },
  afterSeq: number,
  upToSeq: number,
): AsyncGenerator<ResultBlock> {
  for await (const { firstSeq, values } of prefetch(readResults(db, of, afterSeq, upToSeq)))
    yield { firstSeq, values: mapValues(values) };
}

function mapValues(values: ResultBlock['values']): ResultBlock['values'] {
  const of = (name: InterferenceValue) =>
    values[name].map((value) => rounded(isInterferenceLevel(name) ? 'mean' : 'occupancy', value));
  return {
    mean_dbm: of('mean_dbm'),
    mean_clean_dbm: of('mean_clean_dbm'),
    flagged_channels: of('flagged_channels'),
    flagged_time: of('flagged_time'),
  };
}

/** `/interference/searches`: the searches by band; POST requests them. */
export function searchHandlers(
  db: Database,
  wakeSearches: (() => void) | undefined,
  sessionOf: SessionOf,
): { get: RequestHandler; post: RequestHandler } {
  const published = async (session: SessionRow) => (await listSearches(db, session.id)).map(toPublished);
  return {
    async get(request, response) {
      const session = await sessionOf(request.params['session_id']);
      await bandsOf(db, session);
      response.json(await published(session));
    },
    async post(request, response) {
      const session = await sessionOf(request.params['session_id']);
      await bandsOf(db, session);
      const wake = requireAnalyst(wakeSearches);
      await requestSearches(db, session.id);
      wake();
      response.status(202).json(await published(session));
    },
  };
}

function toPublished({ requested_at, finished_at, ...row }: SearchRow): InterferenceSearch {
  const { band, status, version, points, problem } = row;
  return {
    band,
    status,
    version,
    points,
    problem,
    requested_at: publishedTime(requested_at.getTime()),
    finished_at: finished_at && publishedTime(finished_at.getTime()),
  };
}
