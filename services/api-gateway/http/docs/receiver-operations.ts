import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { siteQueryDocs } from '#contract/rest/sites';
import { operation, type Errors } from './operation.ts';

const NO_RECEIVER: Errors = {
  404: 'Receiver not found; Site not found',
  503: 'Cannot connect to the receiver',
};
const NO_CALIBRATION: Errors = { 404: 'Calibration not found; Receiver not found; Site not found' };
const query = siteQueryDocs;

/** `/api/receivers*`. */
export const receiverOperations: RouteConfig[] = [
  operation('GET /api/receivers', 'List receivers', 'Receivers of one site with their newest calibrations.', {
    query,
    errors: { 404: 'Site not found', 503: 'Cannot connect to scan-orchestrator' },
  }),
  operation('GET /api/receivers/{name}', 'Get a receiver', '', {
    query,
    errors: NO_RECEIVER,
  }),
  operation(
    'POST /api/receivers/{name}/calibrate',
    'Calibrate a receiver',
    `Measures a signal of known level at the input and stores dbm_offset_db for this receiver, frequency (within 1 kHz),
bandwidth (1 %) and gain. A scan whose rotor has no dbm_offset_db uses the newest matching calibration at its start; calibrations with
another tuning_version (outdated) do not match. Refused if the reads are clipped, underloaded or incomplete, have the flag dc_offset, or have a spread of more than
3 * 4.343 / sqrt(bandwidth * read time) + 0.2 dB.`,
    {
      query,
      status: 201,
      errors: {
        ...NO_RECEIVER,
        400: 'The receiver does not support these settings',
        409: 'The receiver is in use, or the reads are not usable; the message says what to do',
      },
    },
  ),
  operation('GET /api/receivers/{name}/calibrations', 'List calibrations', 'Newest first.', {
    query,
    errors: NO_RECEIVER,
  }),
  operation('GET /api/receivers/{name}/calibrations/{calibration_id}', 'Get a calibration', '', {
    query,
    errors: NO_CALIBRATION,
  }),
  operation(
    'DELETE /api/receivers/{name}/calibrations/{calibration_id}',
    'Delete a calibration',
    'Scans that were started with it keep its offset.',
    {
      query,
      errors: NO_CALIBRATION,
    },
  ),
];
