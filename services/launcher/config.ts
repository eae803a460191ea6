import { z } from 'zod';
import { addressVariable, portVariable } from '#shared/runtime/env';
import { brokerUrls } from '#shared/runtime/broker-urls';
import { isBlockedPort } from './blocked-ports.ts';

const positive = z.coerce.number().positive();

/** The variables that the launcher reads itself. It passes everything else to the services. */
export const configSchema = z.object({
  HTTP_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('host that the API listens on; any host other than loopback requires `API_KEYS`'),
  HTTP_PORT: portVariable
    .refine(
      (port) => !isBlockedPort(port),
      'is a port that browsers refuse to open; choose another, such as 8080',
    )
    .default(8080)
    .describe('port of the API and the dashboard'),
  MQTT_PORT: portVariable.default(1883).describe('port of the embedded broker on 127.0.0.1'),
  DATA_DIR: z.string().default('./data').describe('database, journal and logs; one launcher at a time'),
  /** Each of these, if given, replaces the embedded part. */
  // The gateway parses it, because a password may contain characters that a URL must not.
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/./, 'must look like postgres://user:password@host/name')
    .optional()
    .describe('an external PostgreSQL instead of the embedded one'),
  MQTT_URL: brokerUrls.optional().describe('an external broker instead of the embedded one'),
  ROTCTLD: addressVariable.optional().describe('`host:port` of a rotctld instead of the simulated rotator'),
  RTL_TCP: addressVariable.optional().describe('`host:port` of an rtl_tcp instead of the simulated dongle'),
  RECEIVERS: z.string().optional().describe('several receivers, as for sdr-sampler, instead of `RTL_TCP`'),
  API_KEYS: z.string().optional().describe('as for api-gateway; the launcher uses the first one'),
  SIM_ROTCTLD_PORT: portVariable
    .optional()
    .describe('port of the simulated rotctld; default: the port of the last start, or 4533'),
  /** A fast simulated rotator: the first scan takes one or two minutes. */
  SIM_AZ_SPEED_DEG_S: positive
    .default(45)
    .describe(
      'azimuth speed of the simulated rotator; fast, so that the first scan takes one or two minutes',
    ),
  SIM_EL_SPEED_DEG_S: positive.default(30).describe('elevation speed of the simulated rotator'),
  SIM_AZ_ACCELERATION_DEG_S2: positive.default(90).describe('azimuth acceleration of the simulated rotator'),
  SIM_EL_ACCELERATION_DEG_S2: positive
    .default(60)
    .describe('elevation acceleration of the simulated rotator'),
  SIM_HPBW_DEG: positive.max(180).default(6).describe('half-power beam width of the simulated antenna'),
});

export type Config = z.infer<typeof configSchema>;
