import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { REASON_HEADER } from '#contract/http-headers';
import {
  characteriseLineSchema,
  characteristicsListSchema,
  characteristicsQueryDocs,
  characteristicsSchema,
} from '#contract/rest/characteristics';
import {
  moveSchema,
  newRotorSchema,
  positionSchema,
  rotorActionSchema,
  rotorChangeSchema,
  rotorSchema,
  rotorTestSchema,
  setTurnSchema,
  turnSchema,
} from '#contract/rest/rotors';
import { operation, type Errors } from './operation.ts';

export const NO_ROTCTLD_AND_WHY = `Cannot connect to rotctld; the header ${REASON_HEADER} says which one (host and port), what happened and what to check`;

const rotorId = z.object({ rotor_id: z.int().min(1) });
const NO_ROTOR: Errors = { 404: 'Rotor not found' };

/** `/api/rotors*`. */
export const rotorOperations: RouteConfig[] = [
  operation('get', '/api/rotors', 'List rotors', 'Oldest first.', { answer: [200, z.array(rotorSchema)] }),
  operation('post', '/api/rotors', 'Add a rotor', 'All but the name have defaults.', {
    body: newRotorSchema,
    answer: [201, rotorSchema],
    errors: { 409: 'Rotor with that name already exists' },
  }),
  operation('get', '/api/rotors/{rotor_id}', 'Get a rotor', '', {
    params: rotorId,
    answer: [200, rotorSchema],
    errors: NO_ROTOR,
  }),
  operation('put', '/api/rotors/{rotor_id}', 'Change a rotor', 'Only the given fields change.', {
    params: rotorId,
    body: rotorChangeSchema,
    answer: [200, rotorSchema],
    errors: {
      ...NO_ROTOR,
      409: 'Cannot update rotor while a scan is active; Cannot update rotor while it is moving; Rotor with that name already exists',
    },
  }),
  operation('delete', '/api/rotors/{rotor_id}', 'Delete a rotor', 'Its sessions stay.', {
    params: rotorId,
    answer: [204],
    errors: {
      ...NO_ROTOR,
      409: 'Cannot delete rotor while a scan is active; Cannot delete rotor while it is moving',
    },
  }),
  operation('get', '/api/rotors/{rotor_id}/test', 'Test the connection', 'Asks rotctld who it is.', {
    params: rotorId,
    answer: [200, rotorTestSchema],
    errors: NO_ROTOR,
  }),
  operation('get', '/api/rotors/{rotor_id}/position', 'Where it points', '', {
    params: rotorId,
    answer: [200, positionSchema],
    errors: { ...NO_ROTOR, 503: NO_ROTCTLD_AND_WHY },
  }),
  operation('post', '/api/rotors/{rotor_id}/move', 'Move', 'Answers when the move is on its way.', {
    params: rotorId,
    body: moveSchema,
    answer: [200, rotorActionSchema],
    errors: {
      ...NO_ROTOR,
      400: 'Outside the limits of the rotor, below its horizon mask, inside a keep-out sector, or no way leads there',
      409: 'Cannot move rotor while a scan is active',
      503: NO_ROTCTLD_AND_WHY,
    },
  }),
  operation('post', '/api/rotors/{rotor_id}/stop', 'Stop', 'Always works; a scan pauses.', {
    params: rotorId,
    answer: [200, rotorActionSchema],
    errors: { ...NO_ROTOR, 503: NO_ROTCTLD_AND_WHY },
  }),
  operation(
    'get',
    '/api/rotors/{rotor_id}/turn',
    'Turn of the cable',
    `A rotator that travels further than 360 degrees reaches some directions in two turns, and a controller that reports 0 to 360 degrees
does not say in which one it is. Sky Scan follows it while it is connected; afterwards the turn may be unknown.`,
    {
      params: rotorId,
      answer: [200, turnSchema],
      errors: { ...NO_ROTOR, 503: NO_ROTCTLD_AND_WHY },
    },
  ),
  operation(
    'post',
    '/api/rotors/{rotor_id}/turn',
    'Set the turn of the cable',
    'For a person who has looked at the cable. A move by hand that arrives makes the turn known as well. Moves nothing.',
    {
      params: rotorId,
      body: setTurnSchema,
      answer: [200, turnSchema],
      errors: {
        ...NO_ROTOR,
        400: 'turn 1 is not possible at the reported azimuth 100: the travel allows 0',
        409: 'Cannot move rotor while a scan is active',
        503: NO_ROTCTLD_AND_WHY,
      },
    },
  ),
  operation(
    'post',
    '/api/rotors/{rotor_id}/park',
    'Park',
    'Moves above the park position, then straight down.',
    {
      params: rotorId,
      answer: [200, rotorActionSchema],
      errors: {
        ...NO_ROTOR,
        409: 'Cannot move rotor while a scan is active',
        503: NO_ROTCTLD_AND_WHY,
      },
    },
  ),
  operation(
    'post',
    '/api/rotors/{rotor_id}/characterise',
    'Measure what it can do',
    `Moves one axis at a time inside the limits for some minutes, ends where it began, and sets speeds, accelerations, settle_ms and
tolerance_deg by what was found. The answer is one JSON object per line: progress, and last the result or what went wrong. Closing
the connection cancels it; so does stop.`,
    {
      params: rotorId,
      answer: [200, characteriseLineSchema, 'application/x-ndjson'],
      errors: {
        ...NO_ROTOR,
        400: 'Neither axis has room to be measured in',
        409: 'Cannot characterise rotor while a scan is active',
        503: NO_ROTCTLD_AND_WHY,
      },
    },
  ),
  operation(
    'get',
    '/api/characteristics',
    'List the last characterisation of each rotor',
    'Rotors that have not been characterised are not listed.',
    { query: characteristicsQueryDocs, answer: [200, characteristicsListSchema] },
  ),
  operation('get', '/api/rotors/{rotor_id}/characteristics', 'What it was last measured to do', '', {
    params: rotorId,
    answer: [200, characteristicsSchema],
    errors: { 404: 'Rotor not found; Rotor has not been characterised yet' },
  }),
];
