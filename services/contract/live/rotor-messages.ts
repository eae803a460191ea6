import { z } from 'zod';
import { pointingSchema } from '../measurement.ts';
import { positionMessageSchema } from '../mqtt-messages.ts';

/** A message of `/ws/rotors/{id}`: the position that rotor-driver published, with the rotor id. */
export const rotorMessageSchema = positionMessageSchema
  .extend({
    rotor_id: z.int().min(1),
    setpoint: pointingSchema.nullable().meta({
      description: 'The commanded pointing; null: none since the last stop',
    }),
  })
  .meta({ id: 'RotorMessage', description: 'The position of a rotor' });
export type RotorMessage = z.infer<typeof rotorMessageSchema>;
