import type { Router } from 'express';
import { parseId } from '#contract/ids';
import {
  catalogueChangeSchema,
  catalogueQuerySchema,
  sightingsQuerySchema,
  type CatalogueEntry,
} from '#contract/rest/sources';
import type { Database } from '../store/queryable.ts';
import { changeEntry, findEntry, listCatalogue, type CatalogueRow } from '../store/sources/catalogue.ts';
import { coverageOf } from '../store/sources/coverage.ts';
import { mergeEntry, separateEntry, type MergeProblem } from '../store/sources/merges.ts';
import { listSightings } from '../store/sources/sources.ts';
import { jsonBody } from './body.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { resource } from './resource.ts';
import { publishedEntry, publishedSource } from '../published-sources.ts';

/** Of an entry that was removed meanwhile. */
const UNSEEN = { sessions_seen: 0, sessions_covered: null };

const MERGE_PROBLEMS: Record<MergeProblem, (id: number, other: number) => string> = {
  itself: (id) => `Source ${id} cannot be merged into itself`,
  'other site': (id, other) => `Sources ${id} and ${other} belong to different sites`,
  'merged already': (id, other) =>
    `Source ${id} or ${other} is merged into another one already: separate it first, or use that one`,
  'not merged': (id, other) => `Source ${other} is not merged into source ${id}`,
};

/** `/api/sources*`: the catalogue. */
export function catalogueRoutes(router: Router, { db }: { db: Database }): void {
  const entryOf = async (text: unknown): Promise<CatalogueRow> => {
    const id = parseId(text);
    const entry = id === undefined ? undefined : await findEntry(db, id);
    if (!entry) throw new HttpError(404, 'Source not found');
    return entry;
  };
  const published = async (entries: readonly CatalogueRow[]): Promise<CatalogueEntry[]> => {
    const ids = entries.map(({ id }) => id);
    const coverage = await coverageOf(db, ids);
    return entries.map((entry) => publishedEntry({ ...entry, ...(coverage.get(entry.id) ?? UNSEEN) }));
  };
  const answerOf = async (text: unknown) => (await published([await entryOf(text)]))[0];
  /** The ids of two entries that exist, merged or not. */
  const pairOf = async ({ source_id, other_id }: Record<string, unknown>): Promise<[number, number]> => {
    for (const text of [source_id, other_id]) await entryOf(text);
    return [Number(source_id), Number(other_id)];
  };

  resource(router, '/api/sources', {
    get: async (request, response) => {
      const filter = parseOr422(catalogueQuerySchema, request.query, 'query');
      response.json(await published(await listCatalogue(db, filter)));
    },
  });

  resource(router, '/api/sources/:source_id', {
    get: async (request, response) => {
      response.json(await answerOf(request.params['source_id']));
    },
    put: [
      jsonBody,
      async (request, response) => {
        const change = parseOr422(catalogueChangeSchema, request.body, 'body');
        const { id } = await entryOf(request.params['source_id']);
        await changeEntry(db, id, change);
        response.json(await answerOf(request.params['source_id']));
      },
    ],
  });

  resource(router, '/api/sources/:source_id/merged/:other_id', {
    put: async (request, response) => {
      const pair = await pairOf(request.params);
      refuse(await db.transaction((tx) => mergeEntry(tx, ...pair)), pair);
      response.json(await answerOf(request.params['source_id']));
    },
    delete: async (request, response) => {
      const pair = await pairOf(request.params);
      refuse(await db.transaction((tx) => separateEntry(tx, ...pair)), pair);
      response.status(204).end();
    },
  });

  resource(router, '/api/sources/:source_id/sightings', {
    get: async (request, response) => {
      const { limit } = parseOr422(sightingsQuerySchema, request.query, 'query');
      const { id } = await entryOf(request.params['source_id']);
      response.json((await listSightings(db, id, limit)).map(publishedSource));
    },
  });
}

/** Throws 409 if there is a problem. */
function refuse(problem: MergeProblem | undefined, pair: [number, number]): void {
  if (problem !== undefined) throw new HttpError(409, MERGE_PROBLEMS[problem](...pair));
}
