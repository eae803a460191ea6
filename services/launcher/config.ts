import { z } from 'zod';
import { addressVariable, portVariable } from '#shared/env';
import { isBlockedPort } from './blocked-ports.ts';

const positive = z.coerce.number().positive();

/** What the launcher itself reads; everything else in the environment goes to the services as it is. */
export const configSchema = z.object({
  HTTP_HOST: z.string().default('127.0.0.1'),
  HTTP_PORT: portVariable
    .refine(
      (port) => !isBlockedPort(port),
      'is a port that browsers refuse to open; choose another, such as 8080',
    )
    .default(8080),
  MQTT_PORT: portVariable.default(1883),
  DATA_DIR: z.string().default('./data'),
  /** Each of these that is given takes the place of the embedded part. */
  // The gateway parses it: a password may hold what a URL may not.
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/./, 'must look like postgres://user:password@host/name')
    .optional(),
  MQTT_URL: z.url({ error: 'must look like mqtt://host:1883' }).optional(),
  ROTCTLD: addressVariable.optional(),
  RTL_TCP: addressVariable.optional(),
  /** The sampler's own list of receivers; then the simulated dongle is not among them. */
  RECEIVERS: z.string().optional(),
  API_KEYS: z.string().optional(),
  SIM_ROTCTLD_PORT: portVariable.optional(),
  /** The simulated rotator is a brisk one: the first scan takes one or two minutes. */
  SIM_AZ_SPEED_DEG_S: positive.default(45),
  SIM_EL_SPEED_DEG_S: positive.default(30),
  SIM_AZ_ACCELERATION_DEG_S2: positive.default(90),
  SIM_EL_ACCELERATION_DEG_S2: positive.default(60),
  SIM_HPBW_DEG: positive.max(180).default(6),
});

export type Config = z.infer<typeof configSchema>;
