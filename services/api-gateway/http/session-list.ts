import type { RequestHandler } from 'express';
import { sessionFilterSchema } from '#contract/rest/session-queries';
import { toPublishedSession } from '../published.ts';
import type { Database } from '../store/queryable.ts';
import { listSessions, type ListedSession, type SessionFilter } from '../store/sessions.ts';
import { JSON_TYPE, streamBulk, type BulkFormat } from './bulk-response.ts';
import type { BulkStreams } from './bulk-streams.ts';
import { parseOr422 } from './errors.ts';

/** The longest list that is sent at once. */
const WHOLE = 500;
/** Sessions per query of a longer one: 500 would double the memory that it takes. */
const PAGE = 100;

/** `/sessions`, newest first. A long list is streamed with constant memory. */
export function sessionListHandler(db: Database, streams: BulkStreams): RequestHandler {
  return async (request, response) => {
    const filter = parseOr422(sessionFilterSchema, request.query, 'query');
    const first = await listSessions(db, { ...filter, limit: filter.limit ?? WHOLE });
    if (filter.limit !== undefined || first.length < WHOLE) response.json(first.map(toPublishedSession));
    else await streamBulk(request, response, LIST, streams, () => pages(db, filter));
  };
}

/**
 * Each page is a separate query below the last id of the previous one. A session that starts
 * meanwhile has a higher id and is not listed.
 */
async function* pages(db: Database, filter: SessionFilter): AsyncGenerator<ListedSession[], void> {
  let page = await listSessions(db, { ...filter, limit: PAGE });
  for (;;) {
    yield page;
    const last = page.at(-1);
    if (page.length < PAGE || !last) return;
    page = await listSessions(db, { ...filter, limit: PAGE, offset: 0, belowId: last.id });
  }
}

const LIST: BulkFormat<ListedSession[]> = {
  ...JSON_TYPE,
  async *encode(all) {
    let separator = '[';
    for await (const page of all) {
      if (page.length === 0) continue;
      yield separator + page.map((row) => JSON.stringify(toPublishedSession(row))).join(',');
      separator = ',';
    }
    yield separator === '[' ? '[]' : ']';
  },
};
