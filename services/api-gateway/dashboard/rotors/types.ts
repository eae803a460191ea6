import type { z } from 'zod';
import type { characteristicsSchema, characteriseLineSchema } from '#contract/rest/characteristics';
import type { calibrationSchema, receiverSchema } from '#contract/rest/receivers';
import type { ApiPointing } from '../lib/api-types.ts';

// As the API's own schemas say it.

export type Characteristics = z.infer<typeof characteristicsSchema>;
export type AxisCharacteristics = NonNullable<Characteristics['azimuth']>;
export type CharacteriseLine = z.infer<typeof characteriseLineSchema>;
export type Receiver = z.infer<typeof receiverSchema>;
export type Calibration = z.infer<typeof calibrationSchema>;

/** A message of `/ws/rotors/{id}`; degrees. */
export interface LiveRotor extends ApiPointing {
  rotor_id: number;
  moving: boolean;
  setpoint: ApiPointing | null;
  timestamp: string;
}
