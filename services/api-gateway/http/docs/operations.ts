import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { COLUMNAR_DESCRIPTION } from '../columnar.ts';
import {
  actionSchema,
  dataSchema,
  measurementsSchema,
  previewSchema,
  scanRequestSchema,
  sessionSchema,
} from '#contract/rest/sessions';
import { measurementQueryDocs, sessionFilterDocs } from '#contract/rest/session-queries';
import { healthSchema } from '#contract/rest/health';
import { skyQuerySchema, skySchema } from '#contract/rest/sky';
import { mapQueryDocs } from '#contract/rest/map';
import { planQueryDocs, planSchema } from '#contract/rest/plan';
import { operation, type Errors } from './operation.ts';
import { receiverOperations } from './receiver-operations.ts';
import { NO_ROTCTLD_WITH_REASON, rotorOperations } from './rotor-operations.ts';

const sessionId = z.object({ session_id: z.int().min(1) });
const NO_SESSION: Errors = { 404: 'Scan session not found' };
const TOO_MANY_DOWNLOADS =
  'Too many downloads are running, see Retry-After; or cannot connect to the database';
const START: Errors = {
  404: 'Rotor not found',
  503: NO_ROTCTLD_WITH_REASON,
  400: 'Rotor does not support RSSI; or a pointing is not allowed: outside the limits, below the horizon mask, inside a keep-out sector, or without a route to it',
};

/** All REST operations, in the order of the page. */
export const operations: RouteConfig[] = [
  operation('get', '/api/skyscan/sessions', 'List sessions', 'Most recent first.', {
    query: sessionFilterDocs,
    answer: [200, z.array(sessionSchema)],
  }),
  operation(
    'post',
    '/api/skyscan/start',
    'Start a scan',
    'Creates a session; sessions of one rotor run one after the other. scan_mode on_the_fly sweeps rows instead of stopping at points; grid equal_area has fewer points per row towards the zenith.',
    {
      body: scanRequestSchema,
      answer: [201, sessionSchema],
      errors: START,
    },
  ),
  operation(
    'post',
    '/api/skyscan/preview',
    'Preview a scan',
    'Plans without moving. The plan starts at the position of the rotor, if it is known within a second.',
    {
      body: scanRequestSchema,
      answer: [200, previewSchema],
      errors: START,
    },
  ),
  operation('get', '/api/skyscan/{session_id}', 'Get a session', 'Details and progress.', {
    params: sessionId,
    answer: [200, sessionSchema],
    errors: NO_SESSION,
  }),
  operation(
    'get',
    '/api/skyscan/{session_id}/plan',
    'Get the plan of a session',
    'Grid, path and receiver settings. Does not query the hardware.',
    { params: sessionId, query: planQueryDocs, answer: [200, planSchema], errors: NO_SESSION },
  ),
  operation('get', '/api/skyscan/{session_id}/data', 'Get data points', 'In the order of measurement.', {
    params: sessionId,
    answer: [200, dataSchema],
    errors: { ...NO_SESSION, 503: TOO_MANY_DOWNLOADS },
  }),
  operation(
    'get',
    '/api/skyscan/{session_id}/measurements',
    'Get measurements',
    `All data of every point, in the order of measurement. ?format= or Accept selects JSON, CSV (text/csv) or a
columnar format (application/vnd.skyscan.columnar). ${COLUMNAR_DESCRIPTION}`,
    {
      params: sessionId,
      query: measurementQueryDocs,
      answer: [200, measurementsSchema],
      otherMediaTypes: ['text/csv', 'application/vnd.skyscan.columnar'],
      errors: {
        ...NO_SESSION,
        406: 'None of the media types is acceptable',
        409: 'corrected: the session has no usable reference measurements',
        503: TOO_MANY_DOWNLOADS,
      },
    },
  ),
  operation(
    'get',
    '/api/skyscan/{session_id}/map.png',
    'Get the map as PNG',
    'With axes, title and legend. Cells without a level are hatched. The ETag changes with the picture.',
    {
      params: sessionId,
      query: mapQueryDocs,
      answer: [200, z.string().meta({ format: 'binary' }), 'image/png'],
      errors: {
        ...NO_SESSION,
        409: 'corrected: the session has no usable reference measurements',
        503: 'Too many maps are waiting to be drawn',
      },
    },
  ),
  operation('post', '/api/skyscan/{session_id}/pause', 'Pause a scan', 'The rotor holds its position.', {
    params: sessionId,
    answer: [200, actionSchema],
    errors: { ...NO_SESSION, 400: "Cannot pause scan in '...' state (must be running)" },
  }),
  operation(
    'post',
    '/api/skyscan/{session_id}/resume',
    'Resume a scan',
    'Continues at the first missing point.',
    {
      params: sessionId,
      answer: [200, actionSchema],
      errors: { ...NO_SESSION, 400: "Cannot resume scan in '...' state (must be paused)" },
    },
  ),
  operation(
    'post',
    '/api/skyscan/{session_id}/cancel',
    'Cancel a scan',
    'The rotor stops; points are kept.',
    {
      params: sessionId,
      answer: [200, actionSchema],
      errors: {
        ...NO_SESSION,
        400: "Cannot cancel scan in '...' state (must be running, paused, or pending)",
      },
    },
  ),
  ...rotorOperations,
  ...receiverOperations,
  operation('get', '/api/sky', 'Get the positions of Sun and Moon', 'As seen from the site of the server.', {
    query: skyQuerySchema,
    answer: [200, skySchema],
  }),
  operation(
    'get',
    '/api/health',
    'Get the health',
    'Also at /health. Always 200; status is ok or degraded.',
    {
      answer: [200, healthSchema],
    },
  ),
];
