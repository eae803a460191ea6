import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { calibrationRequestSchema, calibrationSchema, receiverSchema } from '#contract/rest/receivers';
import { operation, type Errors } from './operation.ts';

const receiverName = z.object({ name: z.string() });
const calibrationId = z.object({ name: z.string(), calibration_id: z.int().min(1) });
const NO_RECEIVER: Errors = { 404: 'Receiver not found', 503: 'Cannot connect to the receiver' };
/** `/api/receivers*`. */
export const receiverOperations: RouteConfig[] = [
  operation(
    'get',
    '/api/receivers',
    'List receivers',
    'Receivers of this site with their newest calibrations.',
    {
      answer: [200, z.array(receiverSchema)],
      errors: { 503: 'Cannot connect to scan-orchestrator' },
    },
  ),
  operation('get', '/api/receivers/{name}', 'Get a receiver', '', {
    params: receiverName,
    answer: [200, receiverSchema],
    errors: NO_RECEIVER,
  }),
  operation(
    'post',
    '/api/receivers/{name}/calibrate',
    'Calibrate a receiver',
    `Measures a signal of known level at the input and stores dbm_offset_db for this receiver, frequency (within 1 kHz),
bandwidth (1 %) and gain. A scan whose rotor has no dbm_offset_db uses the newest matching calibration at its start; calibrations with
another tuning_version (outdated) do not match. Refused if the reads are clipped, underloaded or incomplete, have the flag dc_offset, or have a spread of more than
3 * 4.343 / sqrt(bandwidth * read time) + 0.2 dB.`,
    {
      params: receiverName,
      body: calibrationRequestSchema,
      answer: [201, calibrationSchema],
      errors: {
        ...NO_RECEIVER,
        400: 'The receiver does not support these settings',
        409: 'The receiver is in use, or the reads are not usable; the message says what to do',
      },
    },
  ),
  operation('get', '/api/receivers/{name}/calibrations', 'List calibrations', 'Newest first.', {
    params: receiverName,
    answer: [200, z.array(calibrationSchema)],
    errors: NO_RECEIVER,
  }),
  operation('get', '/api/receivers/{name}/calibrations/{calibration_id}', 'Get a calibration', '', {
    params: calibrationId,
    answer: [200, calibrationSchema],
    errors: { 404: 'Calibration not found; Receiver not found' },
  }),
  operation(
    'delete',
    '/api/receivers/{name}/calibrations/{calibration_id}',
    'Delete a calibration',
    'Scans that were started with it keep its offset.',
    {
      params: calibrationId,
      answer: [204],
      errors: { 404: 'Calibration not found; Receiver not found' },
    },
  ),
];
