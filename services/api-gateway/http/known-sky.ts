import type { RequestHandler, Router } from 'express';
import { KNOWN_SKY_MAX_BYTES, type KnownSkyKind } from '#contract/known-sky-values';
import type { Satellites } from '#contract/rest/known-sky';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import { readSet, storeSet, type ReadSet } from '../identification/store-set.ts';
import { forgetSources, listSourceProblems } from '../store/known-sky/sources.ts';
import { deleteKnownSet, findDocument, findKnownSet } from '../store/known-sky/sets.ts';
import type { Database, Queryable } from '../store/queryable.ts';
import { requireAnalyst } from './require-analyst.ts';
import { resource } from './resource.ts';
import { readUpload } from './upload.ts';

const DAY_MS = 86_400_000;
const NO_EMITTERS = { type: 'FeatureCollection', features: [] };

/** `/api/satellites*` and `/api/emitters`. */
export function knownSkyRoutes(
  router: Router,
  { db, analyst }: { db: Database; analyst: SkyAnalyst | undefined },
): void {
  const replacing =
    (kind: KnownSkyKind, answer: (read: ReadSet) => Promise<unknown>): RequestHandler =>
    async (request, response) => {
      const known = requireAnalyst(analyst);
      const read = await readUpload(request, response, KNOWN_SKY_MAX_BYTES[kind], (body, signal) =>
        readSet(known, kind, 'upload', [body], signal),
      );
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
