import { z } from 'zod';
import { rotorMessageSchema } from './rotor-messages.ts';
import {
  detailedPointMessageSchema,
  detailedStatusMessageSchema,
  sessionMessageSchema,
} from './session-messages.ts';

/** A WebSocket of the API. The server sends; it ignores messages from clients. */
export interface LiveChannel {
  /** `/ws/{name}/{id}` */
  name: string;
  parameter: string;
  query: z.ZodObject;
  /** Payload schemas, each with its message id. */
  messages: readonly { payload: z.ZodObject; when: string }[];
  description: string;
  /** Reason of close code 4404. */
  notFound: string;
}

const afterSchema = z
  .string()
  .regex(/^\d{1,10}$/)
  .meta({ description: 'Starts after the first N stored points' })
  .transform(Number);

/** All WebSockets with their messages. */
export const LIVE_CHANNELS = {
  session: {
    name: 'skyscan',
    parameter: 'session_id',
    query: z.object({
      after: afterSchema.optional(),
      detail: z.enum(['full']).optional().meta({
        description: 'Adds seq, setpoint and measurement to points, and times and the fault to statuses',
      }),
    }),
    messages: [
      {
        payload: sessionMessageSchema,
        when: 'Without detail: on connection, for every stored point, and for every change of status (point is null)',
      },
      {
        payload: detailedStatusMessageSchema,
        when: 'With detail=full: on connection and for every change of status',
      },
      {
        payload: detailedPointMessageSchema,
        when: 'With detail=full: for every stored point',
      },
    ],
    description: 'Progress of a session. The server closes it with 1000 once the session has ended',
    notFound: 'Scan session not found',
  },
  rotor: {
    name: 'rotors',
    parameter: 'rotor_id',
    query: z.object({}),
    messages: [
      {
        payload: rotorMessageSchema,
        when: 'On connection and for every change, at most five per second; a slow client receives only the latest position',
      },
    ],
    description: 'Position of a rotor',
    notFound: 'Rotor not found',
  },
} as const satisfies Record<string, LiveChannel>;

/** The path of a channel with its parameter: `/ws/rotors/{rotor_id}`. */
export function liveAddress({ name, parameter }: Pick<LiveChannel, 'name' | 'parameter'>): string {
  return `/ws/${name}/{${parameter}}`;
}
