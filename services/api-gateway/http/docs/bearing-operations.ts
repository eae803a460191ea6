import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { placesQueryDocs, solveQueryDocs } from '#contract/rest/bearing-queries';
import { GEOJSON_TYPE, KML_TYPE } from '#contract/rest/bearings';
import { operation } from './operation.ts';

const FORMATS = `?format= or Accept selects JSON, GeoJSON (${GEOJSON_TYPE}) or KML (${KML_TYPE}).`;
const NOT_ACCEPTABLE = 'None of the media types is acceptable';

/** `/api/bearings/*`. */
export const bearingOperations: RouteConfig[] = [
  operation(
    'POST /api/bearings/solve',
    'Find where bearings cross',
    `The places of sources that several sites see, with their errors. Nothing is stored. ${FORMATS}`,
    {
      query: solveQueryDocs,
      otherMediaTypes: [GEOJSON_TYPE, KML_TYPE],
      errors: {
        406: NOT_ACCEPTABLE,
        409: 'A site has no place, with its name',
        413: 'The body is larger than 512 kB',
        503: 'No sky-analyst is configured, or it does not answer; or cannot connect to the database',
      },
    },
  ),
  operation(
    'GET /api/bearings/places',
    'List places',
    `Where the sources of sessions of several sites cross, the latest first. They are found when the sources of a session are. ${FORMATS}`,
    {
      query: placesQueryDocs,
      otherMediaTypes: [GEOJSON_TYPE, KML_TYPE],
      errors: { 404: 'Site not found', 406: NOT_ACCEPTABLE },
    },
  ),
];
