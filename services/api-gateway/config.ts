import { z } from 'zod';
import { SkyScanError } from '#shared/base/errors';
import { addressVariable, portVariable } from '#shared/runtime/env';
import { grpcSecurityVariables } from '#shared/runtime/grpc-credentials';
import { isLoopbackHost } from '#shared/runtime/loopback';
import { mqttVariables } from '#shared/runtime/mqtt-client';
import { parseSubnets } from './http/addresses.ts';
import { requireWholeSite, siteVariables } from '#shared/rotor/site-variables';
import { databaseUrl } from './store/connection-url.ts';

const MIN_KEY_LENGTH = 16;

/** Comma separated words. */
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  );

const variables = z.object({
  HTTP_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('where the API listens; any other host than loopback needs `API_KEYS`'),
  HTTP_PORT: portVariable.default(8080).describe('the port of API and dashboard'),
  DATABASE_URL: databaseUrl.describe('`postgres://user:password@host:5432/name`; the launcher sets it'),
  ...mqttVariables,
  ...grpcSecurityVariables,
  ORCHESTRATOR_ADDRESS: addressVariable
    .default('127.0.0.1:50051')
    .describe('gRPC address of scan-orchestrator'),
  ROTOR_DRIVER_ADDRESS: addressVariable.default('127.0.0.1:50052').describe('gRPC address of rotor-driver'),
  GATEWAY_ID: z
    .string()
    .regex(/^[\w-]{1,60}$/, 'must be letters, digits, - and _, at most 60')
    .default('api-gateway')
    .describe('tells several gateways on one broker apart; stays the same across restarts'),
  /**
   * Keys travel as a WebSocket subprotocol too, so they have only characters that a subprotocol may
   * have.
   */
  API_KEYS: list
    .refine(
      (keys) => keys.every((key) => key.length >= MIN_KEY_LENGTH && /^[\w.~+-]+$/.test(key)),
      `must be keys of at least ${MIN_KEY_LENGTH} letters, digits and . ~ + - _, separated by commas`,
    )
    .describe('keys of clients, separated by commas, of at least 16 letters, digits and . ~ + - _ each'),
  ALLOWED_HOSTS: list.describe('names under which others reach this server (`Host`), separated by commas'),
  ALLOWED_ORIGINS: list.describe(
    'pages of other origins that may call the API, e.g. `https://sky.example.org`',
  ),
  TRUST_PROXY: list
    .transform((words, context) => {
      const isProxy = parseSubnets(words.filter((word) => !/^(false|0)$/i.test(word)));
      if (isProxy) return isProxy;
      context.addIssue(
        'must be addresses, subnets such as 10.0.0.0/8, loopback or private, separated by commas',
      );
      return z.NEVER;
    })
    .describe(
      'proxies whose `X-Forwarded-For` and `X-Forwarded-Host` are used: addresses, subnets, `loopback`, `private`',
    ),
  BASE_PATH: z
    .string()
    .regex(/^(\/|(\/[\w.~-]+)*\/?)$/, 'must be a path such as /sky')
    .default('')
    .transform((path) => path.replace(/\/$/, ''))
    .describe('the path under which a proxy serves Sky Scan, e.g. `/sky`; empty: at the root'),
  HSTS_MAX_AGE_S: z.coerce
    .number()
    .int()
    .min(0)
    .max(63_072_000)
    .default(0)
    .describe(
      '`Strict-Transport-Security` for this many seconds; 0 sends none. Every service under this name then needs https, on any port',
    ),
  RATE_LIMIT_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .default(30_000)
    .describe('requests of one address; `stop` and `/health` are never limited'),
  MAX_VIEWERS: z.coerce.number().int().min(1).default(5_000).describe('WebSockets at once'),
  ...siteVariables,
});

/** The environment of the api-gateway. */
export const configSchema = variables.superRefine(requireWholeSite);
export type Config = z.infer<typeof configSchema>;

/** Refuses a server that others could reach without a key. */
export function requireKeysBeyondLoopback(config: Config): void {
  if (isLoopbackHost(config.HTTP_HOST) || config.API_KEYS.length > 0) return;
  throw new SkyScanError(
    'invalid',
    `HTTP on ${config.HTTP_HOST} can be reached from other machines and needs API_KEYS; set it or bind 127.0.0.1`,
  );
}
