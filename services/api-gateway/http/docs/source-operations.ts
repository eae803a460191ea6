import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { catalogueQueryDocs, sightingsQueryDocs, sourcesQuerySchema } from '#contract/rest/sources';
import { SOURCE_MEDIA_TYPES } from '../source-formats.ts';
import { NO_SESSION, operation, type Errors } from './operation.ts';

const NO_SOURCE: Errors = { 404: 'Source not found' };

/** Sources of sessions, and the catalogue. */
export const sourceOperations: RouteConfig[] = [
  operation(
    'GET /api/skyscan/{session_id}/sources',
    'List the sources of a session',
    `The strongest first. Searched when the session has ended, while it runs whenever a tenth of its points has been added, and
on request. GeoJSON has azimuth and elevation as coordinates.`,
    {
      query: sourcesQuerySchema,
      otherMediaTypes: [SOURCE_MEDIA_TYPES.csv, SOURCE_MEDIA_TYPES.geojson],
      errors: {
        ...NO_SESSION,
        409: 'No search has ended yet, or it failed; with the reason',
        406: 'None of the media types is acceptable',
      },
    },
  ),
  operation(
    'POST /api/skyscan/{session_id}/sources',
    'Search for sources',
    'With other settings, which later searches of this session keep. The stored sources stay until the search has ended.',
    {
      status: 202,
      errors: {
        ...NO_SESSION,
        409: 'The session has no points, or from_hz is set and it has no spectra',
        503: 'No sky-analyst is configured',
      },
    },
  ),
  operation(
    'GET /api/skyscan/{session_id}/sources/searches',
    'Get the state of the search for sources',
    'One element, or none if no search was requested yet.',
    { errors: NO_SESSION },
  ),
  operation(
    'DELETE /api/skyscan/{session_id}/sources/searches',
    'Cancel the search for sources',
    'It ends without a result within 10 s.',
    { status: 204, errors: { ...NO_SESSION, 409: 'No search is requested or running' } },
  ),
  operation(
    'GET /api/sources',
    'List the catalogue',
    'Sources over all sessions of a site, the newest entry first: the same name, or the same place and frequencies. Without merged ones.',
    { query: catalogueQueryDocs },
  ),
  operation(
    'GET /api/sources/{source_id}',
    'Get an entry of the catalogue',
    'The id of a merged entry gives the one that it was merged into.',
    { errors: NO_SOURCE },
  ),
  operation(
    'PUT /api/sources/{source_id}',
    'Name, annotate, mark or ignore an entry of the catalogue',
    'Only the given fields change.',
    { errors: NO_SOURCE },
  ),
  operation(
    'PUT /api/sources/{source_id}/merged/{other_id}',
    'Merge another entry into this one',
    `Both are one source: the sightings of the other entry, and later ones at its place, belong to this one. Name, note and marks are
those of this entry. The id of the other entry then stands for this one.`,
    { errors: { ...NO_SOURCE, 409: 'The same entry, one of another site, or one that is merged already' } },
  ),
  operation(
    'DELETE /api/sources/{source_id}/merged/{other_id}',
    'Separate an entry that was merged',
    'Both entries are as if they had not been merged.',
    { status: 204, errors: { ...NO_SOURCE, 409: 'It is not merged into this entry' } },
  ),
  operation(
    'GET /api/sources/{source_id}/sightings',
    'List the sightings of a source',
    'The sources of sessions that belong to the entry, the newest first: its level over time.',
    { query: sightingsQueryDocs, errors: NO_SOURCE },
  ),
];
