import { z } from 'zod';
import { MAX_ID } from './ids.ts';

/** Commands over MQTT, each with its own topic: `rotors/{rotor_id}/command/{command}`. */
export const MQTT_COMMANDS = ['stop', 'park', 'pause', 'resume', 'cancel', 'start'] as const;
export type MqttCommand = (typeof MQTT_COMMANDS)[number];

/** A command that was sent earlier or later than this before it arrives is refused. */
export const MAX_COMMAND_AGE_S = 30;

const id = z.int().min(1).max(MAX_ID);

/** Payload of `rotors/{rotor_id}/command/{command}`, never retained. */
export const commandMessageSchema = z
  .strictObject({
    id: z
      .string({ error: 'must be a text' })
      .regex(/^[\w.:-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ . : -')
      .meta({ description: 'Unique for each command: a second one with the same id is refused' }),
    sent_at: z.iso
      .datetime({
        offset: true,
        error: 'must be a time with Z or an offset, such as 2027-03-28T01:00:00Z',
      })
      .optional()
      .meta({
        description: `When it was sent; at most ${MAX_COMMAND_AGE_S} s from the time of the gateway. Required but for stop`,
      }),
    session_id: id
      .optional()
      .meta({ description: 'pause, resume, cancel: only if this is the scan of the rotor' }),
    schedule_id: id.optional().meta({ description: 'start: the schedule whose scan is started' }),
  })
  .meta({ id: 'CommandMessage', description: 'A command for a rotor' });
export type CommandMessage = z.infer<typeof commandMessageSchema>;

/** Payload of `rotors/{rotor_id}/result`. */
export const commandResultMessageSchema = z
  .object({
    id: z.string().nullable().meta({ description: 'Of the command; null: it has none' }),
    command: z.string(),
    rotor_id: z.int().min(1),
    status: z.enum(['done', 'refused', 'failed']).meta({
      description:
        'refused: nothing was sent to the hardware. failed: it was tried, so look what the rotor does',
    }),
    message: z.string().meta({ description: 'What was done, or why not' }),
    session_id: z.int().min(1).nullable().meta({ description: 'The scan that the command was about' }),
    at: z.iso.datetime().meta({ description: 'UTC' }),
  })
  .meta({ id: 'CommandResultMessage', description: 'The answer to a command' });
export type CommandResultMessage = z.infer<typeof commandResultMessageSchema>;
