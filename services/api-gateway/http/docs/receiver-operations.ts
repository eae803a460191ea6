import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { calibrationRequestSchema, calibrationSchema, receiverSchema } from '#contract/rest/receivers';
import { operation, type Errors } from './operation.ts';

const receiverName = z.object({ name: z.string() });
const calibrationId = z.object({ name: z.string(), calibration_id: z.int().min(1) });
const NO_RECEIVER: Errors = { 404: 'Receiver not found', 503: 'Cannot connect to the receiver' };
/** `/api/receivers*`. */
export const receiverOperations: RouteConfig[] = [
  operation('get', '/api/receivers', 'List receivers', 'Of this site, with their newest calibrations.', {
    answer: [200, z.array(receiverSchema)],
    errors: { 503: 'Cannot connect to scan-orchestrator' },
  }),
  operation('get', '/api/receivers/{name}', 'Get a receiver', '', {
    params: receiverName,
    answer: [200, receiverSchema],
    errors: NO_RECEIVER,
  }),
  operation(
    'post',
    '/api/receivers/{name}/calibrate',
    'Calibrate a receiver',
    `Feed a signal of known level in and tell the level: it is measured now, and dbm_offset_db is kept for this receiver,
frequency (within 1 kHz), bandwidth (1 %) and gain. A scan whose rotor has no dbm_offset_db takes the newest one that holds when
it starts; none of another tuning_version (outdated). Refused when the reads are clipped, underloaded, not complete, have the flag dc_offset, or scatter by more than
3 * 4.343 / sqrt(bandwidth * read time) + 0.2 dB.`,
    {
      params: receiverName,
      body: calibrationRequestSchema,
      answer: [201, calibrationSchema],
      errors: {
        ...NO_RECEIVER,
        400: 'Settings that this receiver cannot take',
        409: 'The receiver is in use, or the reads are of no use; the sentence says what to do',
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
    'Scans that have begun with it keep it.',
    {
      params: calibrationId,
      answer: [204],
      errors: { 404: 'Calibration not found; Receiver not found' },
    },
  ),
];
