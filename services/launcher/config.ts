import { z } from 'zod';
import { addressVariable, portVariable } from '#shared/runtime/env';
import { isBlockedPort } from './blocked-ports.ts';

const positive = z.coerce.number().positive();

/**
 * What the launcher itself reads; everything else in the environment goes to the services as it is.
 */
export const configSchema = z.object({
  HTTP_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('where the API listens; any other host than loopback needs `API_KEYS`'),
  HTTP_PORT: portVariable
    .refine(
      (port) => !isBlockedPort(port),
      'is a port that browsers refuse to open; choose another, such as 8080',
    )
    .default(8080)
    .describe('the port of API and dashboard'),
  MQTT_PORT: portVariable.default(1883).describe('the port of the embedded broker, on 127.0.0.1'),
  DATA_DIR: z.string().default('./data').describe('database, journal and logs; one launcher at a time'),
  /** Each of these that is given takes the place of the embedded part. */
  // The gateway parses it: a password may hold what a URL may not.
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/./, 'must look like postgres://user:password@host/name')
    .optional()
    .describe('a PostgreSQL of yours instead of the embedded one'),
  MQTT_URL: z
    .url({ error: 'must look like mqtt://host:1883' })
    .optional()
    .describe('a broker of yours instead of the embedded one'),
  ROTCTLD: addressVariable.optional().describe('`host:port` of a rotctld instead of the simulated rotator'),
  RTL_TCP: addressVariable.optional().describe('`host:port` of an rtl_tcp instead of the simulated dongle'),
  RECEIVERS: z.string().optional().describe('several receivers, as for sdr-sampler, instead of `RTL_TCP`'),
  API_KEYS: z.string().optional().describe('as for api-gateway; the launcher uses the first one'),
  SIM_ROTCTLD_PORT: portVariable
    .optional()
    .describe('the port of the simulated rotctld; the default is that of the last start, or 4533'),
  /** The simulated rotator is a brisk one: the first scan takes one or two minutes. */
  SIM_AZ_SPEED_DEG_S: positive
    .default(45)
    .describe('speed of the simulated rotator: a fast one, so that the first scan takes a minute or two'),
  SIM_EL_SPEED_DEG_S: positive.default(30).describe('the same in elevation'),
  SIM_AZ_ACCELERATION_DEG_S2: positive.default(90).describe('acceleration of the simulated rotator'),
  SIM_EL_ACCELERATION_DEG_S2: positive.default(60).describe('the same in elevation'),
  SIM_HPBW_DEG: positive.max(180).default(6).describe('half-power beam width of the simulated antenna'),
});

export type Config = z.infer<typeof configSchema>;
