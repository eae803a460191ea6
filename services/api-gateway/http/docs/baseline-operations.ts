import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import {
  anomaliesQueryDocs,
  comparisonImageQueryDocs,
  comparisonMapQueryDocs,
} from '#contract/rest/anomalies';
import { baselineCellsQueryDocs, baselineMapQueryDocs, membersQueryDocs } from '#contract/rest/baselines';
import { SOURCE_MEDIA_TYPES } from '../source-formats.ts';
import { BULK_MEDIA_TYPES, NO_SESSION, TOO_MANY_DOWNLOADS, operation, type Errors } from './operation.ts';

const NO_BASELINE: Errors = { 404: 'Baseline not found' };
const NO_ANALYST = 'No sky-analyst is configured';
const NOT_ACCEPTABLE = 'None of the media types is acceptable';
const NO_SESSION_YET = 'None of its sessions has been compared yet, or none is in the bin';
const COMPARED: Errors = {
  404: 'Scan session not found; Baseline not found; the session has no baseline',
  409: 'The comparison has not finished, failed, or had fewer than 3 sessions; with the reason',
};
const TOO_MANY_MAPS = 'Too many maps are waiting to be drawn';

/** `/api/baselines*`. */
export const baselineOperations: RouteConfig[] = [
  operation('GET /api/baselines', 'List the baselines', 'Oldest first.'),
  operation(
    'POST /api/baselines',
    'Create a baseline',
    `What the sky usually looks like: of all sessions of a schedule, also later ones, or of named sessions. The oldest session that fits
decides the cells, the bands, and what the others must have. Sessions are compared and added in the background, the oldest first.`,
    {
      status: 201,
      errors: {
        404: 'Schedule not found; Scan session not found',
        409: 'A session has not ended, or has no points',
        503: NO_ANALYST,
      },
    },
  ),
  operation('GET /api/baselines/{baseline_id}', 'Get a baseline', '', { errors: NO_BASELINE }),
  operation('PUT /api/baselines/{baseline_id}', 'Rename a baseline, or end or continue its growth', '', {
    errors: NO_BASELINE,
  }),
  operation(
    'DELETE /api/baselines/{baseline_id}',
    'Delete a baseline',
    'And its comparisons. Its sessions stay.',
    {
      errors: NO_BASELINE,
    },
  ),
  operation(
    'GET /api/baselines/{baseline_id}/sessions',
    'List the sessions of a baseline',
    'The newest first. Also the excluded ones, with the reason.',
    { query: membersQueryDocs, errors: NO_BASELINE },
  ),
  operation(
    'PUT /api/baselines/{baseline_id}/sessions/{session_id}',
    'Include or exclude a session',
    `Also one that is not a member yet. A session to include waits until it is compared; it is then included even if it is incomplete
or sky-analyst advises against it. The statistics follow in the background.`,
    {
      errors: {
        404: 'Baseline not found; Scan session not found',
        409: 'The session does not fit, has not ended, or has no points; with the reason',
        503: NO_ANALYST,
      },
    },
  ),
  operation(
    'GET /api/baselines/{baseline_id}/cells',
    'Get the usual levels',
    'By cell. ?format= or Accept selects JSON, CSV or the columnar format of measurements.',
    {
      query: baselineCellsQueryDocs,
      otherMediaTypes: BULK_MEDIA_TYPES,
      errors: { ...NO_BASELINE, 406: NOT_ACCEPTABLE, 409: NO_SESSION_YET, 503: TOO_MANY_DOWNLOADS },
    },
  ),
  operation('GET /api/baselines/{baseline_id}/map.png', 'Get a baseline as PNG', 'As the map of a session.', {
    query: baselineMapQueryDocs,
    errors: { ...NO_BASELINE, 409: NO_SESSION_YET, 503: TOO_MANY_MAPS },
  }),
];

/** Comparisons of a session with baselines. */
export const anomalyOperations: RouteConfig[] = [
  operation(
    'GET /api/skyscan/{session_id}/anomalies',
    'List what is unusual in a session',
    'Sources in the difference between the session and a baseline, the largest |z| first. GeoJSON has azimuth and elevation as coordinates.',
    {
      query: anomaliesQueryDocs,
      otherMediaTypes: [SOURCE_MEDIA_TYPES.csv, SOURCE_MEDIA_TYPES.geojson],
      errors: { ...COMPARED, 406: NOT_ACCEPTABLE },
    },
  ),
  operation(
    'POST /api/skyscan/{session_id}/anomalies',
    'Compare a session with a baseline',
    'Without adding it to the baseline. A session of the baseline is compared with the other ones.',
    {
      status: 202,
      errors: {
        404: 'Scan session not found; Baseline not found',
        409: 'The session does not fit, has not ended, or has no points; or the baseline has no sessions; with the reason',
        503: NO_ANALYST,
      },
    },
  ),
  operation(
    'GET /api/skyscan/{session_id}/anomalies/map',
    'Get the changes by cell',
    'Level, usual level, change and z. ?format= or Accept selects JSON, CSV or the columnar format of measurements.',
    {
      query: comparisonMapQueryDocs,
      otherMediaTypes: BULK_MEDIA_TYPES,
      errors: { ...COMPARED, 406: NOT_ACCEPTABLE, 503: TOO_MANY_DOWNLOADS },
    },
  ),
  operation(
    'GET /api/skyscan/{session_id}/anomalies/map.png',
    'Get the changes as PNG',
    'As the map of a session, on the cells of the baseline.',
    { query: comparisonImageQueryDocs, errors: { ...COMPARED, 503: TOO_MANY_MAPS } },
  ),
  operation(
    'GET /api/skyscan/{session_id}/comparisons',
    'List the comparisons of a session',
    'By baseline.',
    {
      errors: NO_SESSION,
    },
  ),
];
