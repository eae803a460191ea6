import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { COLUMNAR_DESCRIPTION } from '../columnar.ts';
import { measurementQueryDocs, sessionFilterDocs } from '#contract/rest/session-queries';
import { skyQueryDocs } from '#contract/rest/sky';
import { mapQueryDocs } from '#contract/rest/map';
import { planQueryDocs } from '#contract/rest/plan';
import { BULK_MEDIA_TYPES, NO_SESSION, TOO_MANY_DOWNLOADS, operation, type Errors } from './operation.ts';
import { alertOperations } from './alert-operations.ts';
import { anomalyOperations, baselineOperations } from './baseline-operations.ts';
import { bearingOperations } from './bearing-operations.ts';
import { exportOperations } from './export-operations.ts';
import { patternOperations } from './pattern-operations.ts';
import { pointingOperations } from './pointing-operations.ts';
import { receiverOperations } from './receiver-operations.ts';
import { knownSkyOperations } from './known-sky-operations.ts';
import { NO_ROTCTLD_WITH_REASON, rotorOperations } from './rotor-operations.ts';
import { scheduleOperations } from './schedule-operations.ts';
import { siteOperations } from './site-operations.ts';
import { sourceOperations } from './source-operations.ts';
import { spectrumOperations } from './spectrum-operations.ts';

const NOT_CORRECTED_OR_NO_SPECTRA =
  'corrected: the session has no usable reference measurements; from_hz, to_hz: it has no spectra';
const START: Errors = {
  404: 'Rotor not found',
  503: NO_ROTCTLD_WITH_REASON,
  400: 'Rotor does not support RSSI; or a pointing is not allowed: outside the limits, below the horizon mask, inside a keep-out sector, or without a route to it',
};

/** All REST operations, in the order of the page. */
export const operations: RouteConfig[] = [
  operation('GET /api/skyscan/sessions', 'List sessions', 'Most recent first.', { query: sessionFilterDocs }),
  operation(
    'POST /api/skyscan/start',
    'Start a scan',
    'Creates a session; sessions of one rotor run one after the other. scan_mode on_the_fly sweeps rows instead of stopping at points; grid equal_area has fewer points per row towards the zenith.',
    {
      status: 201,
      errors: START,
    },
  ),
  operation(
    'POST /api/skyscan/preview',
    'Preview a scan',
    'Plans without moving. The plan starts at the position of the rotor, if it is known within a second.',
    {
      errors: START,
    },
  ),
  operation('GET /api/skyscan/{session_id}', 'Get a session', 'Details and progress.', {
    errors: NO_SESSION,
  }),
  operation(
    'DELETE /api/skyscan/{session_id}',
    'Delete a session',
    `With its points, spectra, searches and sources; entries of the catalogue that have no other source are removed, unless a user
has written to them. This cannot be undone. The history of its schedule keeps the run.`,
    {
      errors: {
        ...NO_SESSION,
        409: 'Cannot delete scan in `running` state (must be completed or cancelled); it belongs to a baseline, which the message names; or a calibration of the pointing that is running uses it',
      },
    },
  ),
  operation(
    'GET /api/skyscan/{session_id}/plan',
    'Get the plan of a session',
    'Grid, path and receiver settings. Does not query the hardware.',
    { query: planQueryDocs, errors: NO_SESSION },
  ),
  operation('GET /api/skyscan/{session_id}/data', 'Get data points', 'In the order of measurement.', {
    errors: { ...NO_SESSION, 503: TOO_MANY_DOWNLOADS },
  }),
  operation(
    'GET /api/skyscan/{session_id}/measurements',
    'Get measurements',
    `All data of every point, in the order of measurement. ?format= or Accept selects JSON, CSV (text/csv) or a
columnar format (application/vnd.skyscan.columnar). ?from_hz= and ?to_hz= add the value of a frequency range of the stored spectra to each
point, as in /band. ${COLUMNAR_DESCRIPTION}`,
    {
      query: measurementQueryDocs,
      otherMediaTypes: BULK_MEDIA_TYPES,
      errors: {
        ...NO_SESSION,
        406: 'None of the media types is acceptable',
        409: NOT_CORRECTED_OR_NO_SPECTRA,
        503: TOO_MANY_DOWNLOADS,
      },
    },
  ),
  operation(
    'GET /api/skyscan/{session_id}/map.png',
    'Get the map as PNG',
    'With axes, title and legend. Cells without a level are hatched. ?from_hz= and ?to_hz= draw a frequency range of the stored spectra, as in /band. The ETag changes with the picture.',
    {
      query: mapQueryDocs,
      errors: {
        ...NO_SESSION,
        409: NOT_CORRECTED_OR_NO_SPECTRA,
        503: 'Too many maps are waiting to be drawn',
      },
    },
  ),
  ...exportOperations,
  ...spectrumOperations,
  ...patternOperations,
  ...sourceOperations,
  ...anomalyOperations,
  operation('POST /api/skyscan/{session_id}/pause', 'Pause a scan', 'The rotor holds its position.', {
    errors: { ...NO_SESSION, 400: "Cannot pause scan in '...' state (must be running)" },
  }),
  operation(
    'POST /api/skyscan/{session_id}/resume',
    'Resume a scan',
    'Continues at the first missing point.',
    {
      errors: { ...NO_SESSION, 400: "Cannot resume scan in '...' state (must be paused)" },
    },
  ),
  operation('POST /api/skyscan/{session_id}/cancel', 'Cancel a scan', 'The rotor stops; points are kept.', {
    errors: {
      ...NO_SESSION,
      400: "Cannot cancel scan in '...' state (must be running, paused, or pending)",
    },
  }),
  ...rotorOperations,
  ...pointingOperations,
  ...receiverOperations,
  ...siteOperations,
  ...scheduleOperations,
  ...alertOperations,
  ...baselineOperations,
  ...knownSkyOperations,
  ...bearingOperations,
  operation('GET /api/sky', 'Get the positions of Sun and Moon', 'As seen from a site.', {
    query: skyQueryDocs,
    errors: { 404: 'Site not found' },
  }),
  operation('GET /api/health', 'Get the health', 'Also at /health. Always 200; status is ok or degraded.'),
  operation(
    'GET /api/ready',
    'Get whether requests can be answered',
    'Also at /ready, for load balancers: 503 while the database cannot be used. Without Host of this server /ready and /health answer ' +
      'without a body, for probes that use an address.',
    { errors: { 503: 'The database cannot be used, with the reason' } },
  ),
];
