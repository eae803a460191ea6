import type { Router } from 'express';
import { parseId } from '#contract/ids';
import { catalogueChangeSchema, catalogueQuerySchema, sightingsQuerySchema } from '#contract/rest/sources';
import type { Database } from '../store/queryable.ts';
import { changeEntry, findEntry, listCatalogue, type CatalogueRow } from '../store/sources/catalogue.ts';
import { listSightings } from '../store/sources/sources.ts';
import { jsonBody } from './body.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { resource } from './resource.ts';
import { publishedEntry, publishedSource } from '../published-sources.ts';

/** `/api/sources*`: the catalogue. */
export function catalogueRoutes(router: Router, { db }: { db: Database }): void {
  const entryOf = async (text: unknown): Promise<CatalogueRow> => {
    const id = parseId(text);
    const entry = id === undefined ? undefined : await findEntry(db, id);
    if (!entry) throw new HttpError(404, 'Source not found');
    return entry;
  };

  resource(router, '/api/sources', {
    get: async (request, response) => {
      const filter = parseOr422(catalogueQuerySchema, request.query, 'query');
      response.json((await listCatalogue(db, filter)).map(publishedEntry));
    },
  });

  resource(router, '/api/sources/:source_id', {
    get: async (request, response) => {
      response.json(publishedEntry(await entryOf(request.params['source_id'])));
    },
    put: [
      jsonBody,
      async (request, response) => {
        const change = parseOr422(catalogueChangeSchema, request.body, 'body');
        const { id } = await entryOf(request.params['source_id']);
        await changeEntry(db, id, change);
        response.json(publishedEntry(await entryOf(String(id))));
      },
    ],
  });

  resource(router, '/api/sources/:source_id/sightings', {
    get: async (request, response) => {
      const { limit } = parseOr422(sightingsQuerySchema, request.query, 'query');
      const { id } = await entryOf(request.params['source_id']);
      response.json((await listSightings(db, id, limit)).map(publishedSource));
    },
  });
}
