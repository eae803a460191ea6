import type { Request, RequestHandler, Response, Router } from 'express';
import { KNOWN_SKY_MAX_BYTES, type KnownSkyKind } from '#contract/known-sky-values';
import type { Satellites } from '#contract/rest/known-sky';
import { errorKind, errorMessage } from '#shared/base/errors';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import { readSet, storeSet, type ReadSet } from '../identification/store-set.ts';
import { forgetSources, listSourceProblems } from '../store/known-sky/sources.ts';
import { deleteKnownSet, findDocument, findKnownSet } from '../store/known-sky/sets.ts';
import type { Database, Queryable } from '../store/queryable.ts';
import { HttpError } from './errors.ts';
import { hasBody } from './has-body.ts';
import { requireAnalyst } from './require-analyst.ts';
import { resource } from './resource.ts';

const DAY_MS = 86_400_000;
const MIB = 2 ** 20;
const NO_EMITTERS = { type: 'FeatureCollection', features: [] };

/** `/api/satellites*` and `/api/emitters`. */
export function knownSkyRoutes(
  router: Router,
  { db, analyst }: { db: Database; analyst: SkyAnalyst | undefined },
): void {
  const replacing =
    (kind: KnownSkyKind, answer: (read: ReadSet) => Promise<unknown>): RequestHandler =>
    async (request, response) => {
      const read = await readUpload(requireAnalyst(analyst), kind, request, response);
      await storeSet(db, read);
      response.json(await answer(read));
    };
  const deleting =
    (kind: KnownSkyKind): RequestHandler =>
    async (_request, response) => {
      await db.transaction(async (tx) => {
        await deleteKnownSet(tx, kind);
        if (kind === 'elements') await forgetSources(tx);
      });
      response.status(204).end();
    };

  resource(router, '/api/satellites', {
    get: async (_request, response) => {
      response.json(await satellites(db));
    },
  });
  resource(router, '/api/satellites/elements', {
    put: replacing('elements', () => satellites(db)),
    delete: deleting('elements'),
  });
  resource(router, '/api/satellites/frequencies', {
    put: replacing('frequencies', () => satellites(db)),
    delete: deleting('frequencies'),
  });
  resource(router, '/api/emitters', {
    get: async (_request, response) => {
      const document = await findDocument(db, 'emitters');
      response.type('application/json').send(document ?? JSON.stringify(NO_EMITTERS));
    },
    put: replacing('emitters', ({ set }) => Promise.resolve({ count: set.count })),
    delete: deleting('emitters'),
  });
}

/**
 * Sends a body to sky-analyst as it arrives. Throws 413 as soon as it is too large, 422 without a
 * usable record.
 */
async function readUpload(
  analyst: SkyAnalyst,
  kind: KnownSkyKind,
  request: Request,
  response: Response,
): Promise<ReadSet> {
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new HttpError(415, 'Body must not be compressed');
  if (!hasBody(request)) throw refused('Body required');
  const disconnected = new AbortController();
  response.once('close', () => disconnected.abort());
  try {
    const limit = KNOWN_SKY_MAX_BYTES[kind];
    if (Number(request.headers['content-length'] ?? 0) > limit)
      throw new HttpError(413, `Body is larger than ${limit / MIB} MiB`);
    const body = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    return await readSet(analyst, kind, 'upload', [body], disconnected.signal);
  } catch (error) {
    // The rest is read for a moment, so that the client reads the response.
    request.resume();
    const kindOfError = errorKind(error);
    if (kindOfError === 'no_room') throw new HttpError(413, errorMessage(error), { cause: error });
    if (kindOfError === 'invalid') throw refused(errorMessage(error));
    throw error;
  }
}

function refused(msg: string): HttpError {
  return new HttpError(422, [{ loc: ['body'], msg, type: 'value_error' }]);
}

async function satellites(db: Queryable): Promise<Satellites> {
  const [elements, frequencies, problems] = await Promise.all([
    findKnownSet(db, 'elements'),
    findKnownSet(db, 'frequencies'),
    listSourceProblems(db),
  ]);
  const newest = elements?.newest_epoch;
  return {
    count: elements?.count ?? 0,
    skipped: elements?.skipped ?? 0,
    first_reason: elements?.first_reason ?? null,
    source: elements?.source ?? null,
    fetched_at: elements?.fetched_at.toISOString() ?? null,
    oldest_epoch: elements?.oldest_epoch?.toISOString() ?? null,
    newest_epoch: newest?.toISOString() ?? null,
    age_days: newest ? Math.round((Date.now() - newest.getTime()) / (DAY_MS / 100)) / 100 : null,
    problem: problems.length > 0 ? problems.join('; ') : null,
    frequencies: frequencies
      ? {
          count: frequencies.count,
          skipped: frequencies.skipped,
          first_reason: frequencies.first_reason,
          fetched_at: frequencies.fetched_at.toISOString(),
        }
      : null,
  };
}
