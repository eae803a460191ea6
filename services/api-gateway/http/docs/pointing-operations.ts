import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { operation, type Errors } from './operation.ts';

const NO_ROTOR: Errors = { 404: 'Rotor not found' };
const SCAN_ACTIVE = 'Cannot change the pointing model of rotor while a scan is active';

/** `/api/rotors/{rotor_id}/pointing` and what fills it. */
export const pointingOperations: RouteConfig[] = [
  operation(
    'POST /api/rotors/{rotor_id}/calibrate-pointing',
    'Calibrate the pointing',
    `Measures where the Sun, a satellite, an emitter or another source of known direction appears, with small scans around it, and fits the
pointing model of the mount to all observations so far. The calibration continues in the background, also after a restart of the gateway; its state is part of
/pointing. The model is not applied before it is enabled.`,
    {
      status: 202,
      errors: {
        ...NO_ROTOR,
        400: 'Rotor does not support RSSI; or a point of the scan is not allowed: without a route to it',
        404: 'Rotor not found; no satellite or emitter has this name',
        409: 'A calibration is running; a scan is active; the beam width of the rotor or the place of the site is unknown; there are no orbital elements or emitters, or several objects have the name; the elements of the satellite are too old, or it moves too fast; the target is below the horizon, outside the limits of the rotor or behind an obstacle',
      },
    },
  ),
  operation(
    'DELETE /api/rotors/{rotor_id}/calibrate-pointing',
    'Cancel the pointing calibration',
    'Also cancels its scan. Observations are kept.',
    { errors: { ...NO_ROTOR, 409: 'No pointing calibration of rotor 1 is running' } },
  ),
  operation(
    'GET /api/rotors/{rotor_id}/pointing',
    'Get the pointing model',
    'The model, the observations with their residuals, and the last calibration.',
    { errors: NO_ROTOR },
  ),
  operation(
    'PUT /api/rotors/{rotor_id}/pointing',
    'Enable or disable the pointing model',
    `While it is enabled, all azimuths and elevations of the rotor are directions on the sky, except its limits and its park pointing, which
are always those of the mount. A new fit replaces the model in force.`,
    {
      errors: {
        ...NO_ROTOR,
        409: `${SCAN_ACTIVE}; the rotor has no pointing model; the model cannot be used: the mount needs adjustment`,
      },
    },
  ),
  operation('DELETE /api/rotors/{rotor_id}/pointing', 'Delete all observations', 'And with them the model.', {
    errors: { ...NO_ROTOR, 409: SCAN_ACTIVE },
  }),
  operation(
    'DELETE /api/rotors/{rotor_id}/pointing/observations/{observation_id}',
    'Delete an observation',
    'The model is fitted again to the others.',
    { errors: { 404: 'Rotor not found; Pointing observation not found', 409: SCAN_ACTIVE } },
  ),
];
