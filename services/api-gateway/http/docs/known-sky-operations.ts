import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { overlaysQueryDocs } from '#contract/rest/overlays';
import { NO_SESSION, operation, type Errors } from './operation.ts';

const UPLOAD: Errors = {
  413: 'Too large, or too many records',
  415: 'Content-Encoding is not supported',
  503: 'Cannot connect to the database or to sky-analyst',
};

/** `/api/satellites*`, `/api/emitters`. */
export const knownSkyOperations: RouteConfig[] = [
  operation(
    'GET /api/skyscan/{session_id}/overlays',
    'Get overlays for the map of a session',
    `Lines and places above the horizon of its site, from its start to its end or now. At most 200 passes: of satellites with a known
frequency in a measured band, or if there are none of geostationary ones. Milky Way and grid are those of the middle of the session.`,
    {
      query: overlaysQueryDocs,
      errors: {
        ...NO_SESSION,
        409: 'The site has no place',
        503: 'Cannot connect to the database or to sky-analyst',
      },
    },
  ),
  operation('GET /api/satellites', 'Get what is known of satellites', 'Number and age of orbital elements.'),
  operation(
    'PUT /api/satellites/elements',
    'Replace the orbital elements',
    `OMM as JSON or CSV, or TLE; the content tells which. At most 64 MiB and 100,000 records. Records that are not elements are
skipped; without any other record nothing is replaced. Of several elements of a satellite the newest are kept.`,
    { errors: UPLOAD },
  ),
  operation(
    'DELETE /api/satellites/elements',
    'Delete the orbital elements',
    'Configured sources are read again.',
  ),
  operation(
    'PUT /api/satellites/frequencies',
    'Replace the frequencies of satellites',
    `A JSON list of transmitters as SatNOGS DB exports it (norad_cat_id, downlink_low, downlink_high, alive, status), or of
catalogue_number, from_hz and to_hz. At most 32 MiB and 200,000 transmitters. Inactive ones are skipped.`,
    { errors: UPLOAD },
  ),
  operation('DELETE /api/satellites/frequencies', 'Delete the frequencies of satellites', ''),
  operation('GET /api/emitters', 'Get the emitters', 'As they were uploaded.'),
  operation(
    'PUT /api/emitters',
    'Replace the emitters',
    `Transmitters on the ground: a GeoJSON FeatureCollection of at most 10,000 points and 16 MiB. Properties: name, and optionally
height_m, and from_hz with to_hz or frequencies with a list of them.`,
    { errors: UPLOAD },
  ),
  operation('DELETE /api/emitters', 'Delete the emitters', ''),
];
