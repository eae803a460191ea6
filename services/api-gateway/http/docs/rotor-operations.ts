import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { REASON_HEADER } from '#contract/http-headers';
import { characteristicsQueryDocs } from '#contract/rest/characteristics';
import { rotorBeamQueryDocs } from '#contract/rest/rotor-beams';
import { siteFilterDocs } from '#contract/rest/sites';
import { operation, type Errors } from './operation.ts';

export const NO_ROTCTLD_WITH_REASON = `Cannot connect to rotctld; the header ${REASON_HEADER} has host and port, the reason and what to check`;

const NO_ROTOR: Errors = { 404: 'Rotor not found' };

/** `/api/rotors*`. */
export const rotorOperations: RouteConfig[] = [
  operation('GET /api/rotors', 'List rotors', 'Oldest first.', { query: siteFilterDocs }),
  operation('POST /api/rotors', 'Add a rotor', 'All fields except the name have defaults.', {
    status: 201,
    errors: { 409: 'Rotor with that name already exists' },
  }),
  operation('GET /api/rotors/{rotor_id}', 'Get a rotor', '', {
    errors: NO_ROTOR,
  }),
  operation('PUT /api/rotors/{rotor_id}', 'Change a rotor', 'Only the given fields change.', {
    errors: {
      ...NO_ROTOR,
      409: 'Cannot update rotor while a scan is active; Cannot update rotor while it is moving; Rotor with that name already exists; another beam_width_deg while a measured beam is stored',
    },
  }),
  operation('DELETE /api/rotors/{rotor_id}', 'Delete a rotor', 'Its sessions are kept.', {
    errors: {
      ...NO_ROTOR,
      409: 'Cannot delete rotor while a scan is active; Cannot delete rotor while it is moving',
    },
  }),
  operation(
    'GET /api/rotors/{rotor_id}/test',
    'Test the connection',
    'Identifies rotctld and reads its settings.',
    {
      errors: NO_ROTOR,
    },
  ),
  operation('GET /api/rotors/{rotor_id}/position', 'Get position', '', {
    errors: { ...NO_ROTOR, 503: NO_ROTCTLD_WITH_REASON },
  }),
  operation(
    'POST /api/rotors/{rotor_id}/move',
    'Move',
    'Returns once the move has started. The rotor stops if the API gateway stops before it arrives.',
    {
      errors: {
        ...NO_ROTOR,
        400: 'Outside the limits of the rotor, below its horizon mask, inside a keep-out sector, or without a route to it',
        409: 'Cannot move rotor while a scan is active',
        503: NO_ROTCTLD_WITH_REASON,
      },
    },
  ),
  operation('POST /api/rotors/{rotor_id}/stop', 'Stop', 'Always allowed; a running scan pauses.', {
    errors: { ...NO_ROTOR, 503: NO_ROTCTLD_WITH_REASON },
  }),
  operation(
    'GET /api/rotors/{rotor_id}/turn',
    'Get the cable turn',
    `A rotator with more than 360 degrees of travel reaches some azimuths in two cable turns. If its controller reports only 0 to 360 degrees,
Sky Scan tracks the turn while it is connected; after a disconnection the turn may be unknown.`,
    {
      errors: { ...NO_ROTOR, 503: NO_ROTCTLD_WITH_REASON },
    },
  ),
  operation(
    'POST /api/rotors/{rotor_id}/turn',
    'Set the cable turn',
    'Requires a look at the cable. A completed move also makes the turn known. Moves nothing.',
    {
      errors: {
        ...NO_ROTOR,
        400: 'turn 1 is not possible at the reported azimuth 100: the travel allows 0',
        409: 'Cannot move rotor while a scan is active',
        503: NO_ROTCTLD_WITH_REASON,
      },
    },
  ),
  operation(
    'POST /api/rotors/{rotor_id}/park',
    'Park',
    'Moves above the park position, then straight down. The rotor stops if the API gateway stops before it arrives.',
    {
      errors: {
        ...NO_ROTOR,
        409: 'Cannot move rotor while a scan is active',
        503: NO_ROTCTLD_WITH_REASON,
      },
    },
  ),
  operation(
    'POST /api/rotors/{rotor_id}/characterise',
    'Characterise',
    `Measures the rotor: moves one axis at a time inside the limits for some minutes, returns to the start, and updates speeds, accelerations,
settle_ms and tolerance_deg. The response has one JSON object per line: progress, and finally the result or an error. Closing the connection
or a stop cancels it.`,
    {
      errors: {
        ...NO_ROTOR,
        400: 'The limits leave no room for a measurement on either axis',
        409: 'Cannot characterise rotor while a scan is active',
        503: NO_ROTCTLD_WITH_REASON,
      },
    },
  ),
  operation(
    'POST /api/rotors/{rotor_id}/record',
    'Record samples',
    `Records IQ samples of the rotor's receiver, by default where the rotor is, and returns a SigMF archive (docs/exports.md). With azimuth and
elevation the rotor moves there first. No scan can use the rotor until the last sample is taken. Closing the connection cancels it. The answer
breaks off if the samples do not arrive completely.`,
    {
      errors: {
        ...NO_ROTOR,
        400: 'The direction is not allowed, as for a move; longer than 16 MiB at the sample rate; settings that the receiver does not support',
        409: 'Cannot record with rotor while a scan is active; Cannot record with rotor: the receiver is in use, delivers no samples (rtl_power, rssi_source rotctld), or another recording is in progress',
        503: `${NO_ROTCTLD_WITH_REASON}; cannot connect to the receiver; samples are missing, record again`,
      },
    },
  ),
  operation('GET /api/rotors/{rotor_id}/beam', 'Get the measured beam', '', {
    query: rotorBeamQueryDocs,
    errors: { 404: 'Rotor not found; Rotor 1 has no stored beam' },
  }),
  operation(
    'GET /api/rotors/{rotor_id}/beam/table',
    'Get the measured beam for the simulator',
    'The file for SIM_BEAM_FILE.',
    {
      errors: {
        404: 'Rotor not found; Rotor 1 has no stored beam',
        409: 'The beam was stored by an older version, or from a scan along the principal planes only',
      },
    },
  ),
  operation(
    'PUT /api/rotors/{rotor_id}/beam',
    'Store the measured beam',
    `Measures the pattern from a session, a scan over a source, and stores its beam: both half-power widths and the side lobes. beam_width_deg of
the rotor becomes the geometric mean of the widths. The other fields are the parameters of GET /api/skyscan/{session_id}/pattern.`,
    {
      errors: {
        404: 'Rotor not found; Scan session not found',
        409: 'A half-power width was not measured, or the scan does not show the beam, with the reason; the session is of another rotor; Cannot change the beam of rotor while a scan is active',
        503: 'No sky-analyst is configured',
      },
    },
  ),
  operation(
    'DELETE /api/rotors/{rotor_id}/beam',
    'Delete the measured beam',
    'Restores the beam_width_deg before.',
    {
      errors: {
        404: 'Rotor not found; Rotor 1 has no stored beam',
        409: 'Cannot change the beam of rotor while a scan is active',
      },
    },
  ),
  operation(
    'GET /api/characteristics',
    'List the last characterisations',
    'Rotors without a characterisation are not listed.',
    { query: characteristicsQueryDocs },
  ),
  operation('GET /api/rotors/{rotor_id}/characteristics', 'Get last characterisation', '', {
    errors: { 404: 'Rotor not found; Rotor has not been characterised yet' },
  }),
];
