import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { COLUMNAR_DESCRIPTION } from '../columnar.ts';
import {
  actionSchema,
  dataSchema,
  measurementsSchema,
  previewSchema,
  scanRequestSchema,
  sessionFilterSchema,
  sessionSchema,
} from '#contract/rest/sessions';
import { healthSchema } from '#contract/rest/health';
import { skyQuerySchema, skySchema } from '#contract/rest/sky';
import { mapQueryDocs } from '#contract/rest/map';
import { planQueryDocs, planSchema } from '#contract/rest/plan';
import { operation, type Errors } from './operation.ts';
import { receiverOperations } from './receiver-operations.ts';
import { NO_ROTCTLD_AND_WHY, rotorOperations } from './rotor-operations.ts';

const sessionId = z.object({ session_id: z.int().min(1) });
const NO_SESSION: Errors = { 404: 'Scan session not found' };
const TOO_MANY_DOWNLOADS =
  'Too many downloads are running, Retry-After says when to try again; or cannot connect to the database';
const START: Errors = {
  404: 'Rotor not found',
  503: NO_ROTCTLD_AND_WHY,
  400: 'Rotor does not support RSSI; or a pointing that the rotor cannot or may not reach: outside its limits, below its horizon mask, inside a keep-out sector, or no way leads there',
};

const measurementQuery = z.object({
  format: z.enum(['json', 'csv', 'columnar']).optional(),
  after_seq: z.int().min(0).optional().meta({ description: 'Only points after this one' }),
  limit: z.int().min(1).max(1_000_000).optional(),
  separator: z.enum(['comma', 'semicolon', 'tab']).default('comma').meta({ description: 'Of CSV' }),
  decimal: z
    .enum(['point', 'comma'])
    .default('point')
    .meta({ description: 'Of CSV; `comma` needs another separator' }),
  corrected: z.boolean().optional().meta({
    description:
      'Levels without the drift of the receiver: less the level of the reference, taken linearly between its measurements (held before the first and after the last, those with the flag clipped or dc_offset left out), above the first of them. drift_db is what was taken off',
  }),
});
const filterQuery = z.object({
  status: sessionFilterSchema.shape.status,
  rotor_id: z.int().min(1).optional(),
  limit: z.int().min(1).max(500).optional(),
  offset: z.int().min(0).optional(),
});

/** Every operation of REST, in the order of the page. */
export const operations: RouteConfig[] = [
  operation('get', '/api/skyscan/sessions', 'List sessions', 'Most recent first.', {
    query: filterQuery,
    answer: [200, z.array(sessionSchema)],
  }),
  operation(
    'post',
    '/api/skyscan/start',
    'Start a scan',
    'Creates a session; sessions of one rotor wait for each other. scan_mode on_the_fly sweeps rows in place of stopping at points; grid equal_area makes rows shorter towards the zenith.',
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
    'Plans and moves nothing; from where the rotor stands, when it says so within a second.',
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
    'Its grid row by row, the path that it follows, and how the receiver was set. Asks no hardware.',
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
    `Everything that is known of every point, in the order of measurement. ?format= or Accept choose JSON, CSV (text/csv) or a
columnar form (application/vnd.skyscan.columnar). ${COLUMNAR_DESCRIPTION}`,
    {
      params: sessionId,
      query: measurementQuery,
      answer: [200, measurementsSchema],
      otherMediaTypes: ['text/csv', 'application/vnd.skyscan.columnar'],
      errors: {
        ...NO_SESSION,
        406: 'None of the media types is acceptable',
        409: 'corrected: nothing is known of the drift',
        503: TOO_MANY_DOWNLOADS,
      },
    },
  ),
  operation(
    'get',
    '/api/skyscan/{session_id}/map.png',
    'Get the map as a picture',
    'With axes, title and legend. Cells without a level are hatched. An ETag says whether there is anything new.',
    {
      params: sessionId,
      query: mapQueryDocs,
      answer: [200, z.string().meta({ format: 'binary' }), 'image/png'],
      errors: {
        ...NO_SESSION,
        409: 'corrected: nothing is known of the drift',
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
    'Goes on with the first missing point.',
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
  operation('get', '/api/sky', 'Where Sun and Moon are', 'As seen from the site of the server.', {
    query: skyQuerySchema,
    answer: [200, skySchema],
  }),
  operation('get', '/api/health', 'Health', 'Also at /health. Always 200; status is ok or degraded.', {
    answer: [200, healthSchema],
  }),
];
