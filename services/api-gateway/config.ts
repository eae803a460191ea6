import { z } from 'zod';
import { errorMessage, SkyScanError } from '#shared/base/errors';
import { addressVariable, portVariable } from '#shared/runtime/env';
import { linkVariables, type LinkCertificates } from '#shared/link/variables';
import { grpcVariables } from '#shared/runtime/grpc-credentials';
import { isLoopbackHost } from '#shared/runtime/loopback';
import { parseNetworks } from '#shared/runtime/network-addresses';
import { mqttVariables, TOPIC, TOPIC_RULE } from '#shared/runtime/mqtt-client';
import { DISCOVERY_PREFIX } from '#contract/home-assistant';
import { parseSubnets } from './http/addresses.ts';
import { requireWholeSite, siteVariables } from '#shared/rotor/site-variables';
import { parseFronts } from './rotctld-front/setting.ts';
import { databaseUrls } from './store/connection-url.ts';

const MIN_KEY_LENGTH = 16;

/** A comma-separated list. */
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );

const yesOrNo = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .transform((text) => text === 'true');

/** Comma-separated networks; undefined: none. */
const networks = list.transform((items, context) => {
  try {
    return items.length === 0 ? undefined : parseNetworks(items.join(','));
  } catch (error) {
    context.addIssue(errorMessage(error));
    return z.NEVER;
  }
});

const variables = z.object({
  HTTP_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('host that the API listens on; any host other than loopback requires `API_KEYS`'),
  HTTP_PORT: portVariable.default(8080).describe('port of the API and the dashboard'),
  DATABASE_URL: databaseUrls.describe(
    '`postgres://user:password@host:5432/name`; several servers: `@one:5432,two:5432/name`, the gateway finds the primary',
  ),
  DATABASE_DIRECT_URL: databaseUrls
    .optional()
    .describe(
      'the same database past a pooler such as PgBouncer, for migrations and notifications. Default: `DATABASE_URL`',
    ),
  ...mqttVariables,
  HOME_ASSISTANT: yesOrNo
    .default(false)
    .describe('`true`: rotors and sites appear in Home Assistant (MQTT discovery). The same at all gateways'),
  HOME_ASSISTANT_PREFIX: z
    .string()
    .regex(TOPIC, TOPIC_RULE)
    .default(DISCOVERY_PREFIX)
    .describe('the discovery prefix of Home Assistant, where its birth message is as well'),
  MQTT_COMMANDS: z
    .enum(['off', 'stop', 'all'], { error: 'must be off, stop or all' })
    .default('off')
    .describe(
      'commands over MQTT: none, `stop` only, or all. The broker decides who may send them. The same at all gateways',
    ),
  ...grpcVariables,
  ORCHESTRATOR_ADDRESS: addressVariable
    .default('127.0.0.1:50051')
    .describe('gRPC address of scan-orchestrator'),
  ROTOR_DRIVER_ADDRESS: addressVariable.default('127.0.0.1:50052').describe('gRPC address of rotor-driver'),
  SKY_ANALYST_ADDRESS: addressVariable
    .optional()
    .describe('gRPC address of sky-analyst. Default: none; nothing is searched for interference'),
  ELEMENTS_PATH: z
    .string()
    .min(1)
    .optional()
    .describe('file or folder with orbital elements of satellites (OMM, TLE), read again when it changes'),
  ELEMENTS_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://celestrak.org/...' })
    .refine((text) => !URL.canParse(text) || new URL(text).username === '', 'must have no user name')
    .optional()
    .describe('http or https address of orbital elements, fetched by one gateway for all'),
  ELEMENTS_INTERVAL_MIN: z.coerce
    .number()
    .min(10)
    .max(100_000)
    .default(120)
    .describe('shortest time between two fetches of `ELEMENTS_URL`, minutes'),
  SEARCH_SESSIONS: z
    .enum(['automatic', 'on_request'])
    .default('automatic')
    .describe('whether sky-analyst searches sessions for interference and sources without a request'),
  LINK_HOST: z.string().default('127.0.0.1').describe('host that sites dial; its port is `LINK_PORT`'),
  LINK_PORT: portVariable
    .optional()
    .describe('port for sites that dial this gateway with site-link. Default: none can'),
  LINK_TLS_CERT: linkVariables.LINK_TLS_CERT.optional().describe(
    'PEM file; names the host that sites dial. Needed with `LINK_PORT`, as are the next two',
  ),
  LINK_TLS_KEY: linkVariables.LINK_TLS_KEY.optional(),
  LINK_TLS_CA: linkVariables.LINK_TLS_CA.optional().describe(
    'PEM file of the authority that signed the certificates of the sites',
  ),
  GATEWAY_ID: z
    .string()
    .regex(/^[\w-]{1,60}$/, 'must be letters, digits, - and _, at most 60')
    .optional()
    .describe(
      'id at the broker and in the status topic, unique and permanent: the broker keeps messages for it. Default: one with host name and port',
    ),
  /** Keys are also sent as a WebSocket subprotocol, which limits their characters. */
  API_KEYS: list
    .refine(
      (keys) => keys.every((key) => key.length >= MIN_KEY_LENGTH && /^[\w.~+-]+$/.test(key)),
      `must be keys of at least ${MIN_KEY_LENGTH} letters, digits and . ~ + - _, separated by commas`,
    )
    .describe('API keys, separated by commas, each of at least 16 letters, digits and . ~ + - _'),
  ALLOWED_HOSTS: list.describe('host names of this server (`Host`), separated by commas'),
  ALLOWED_ORIGINS: list.describe(
    'origins of other pages that may call the API, e.g. `https://sky.example.org`',
  ),
  TRUST_PROXY: list
    .transform((items, context) => {
      const isProxy = parseSubnets(items.filter((item) => !/^(false|0)$/i.test(item)));
      if (isProxy) return isProxy;
      context.addIssue(
        'must be addresses, subnets such as 10.0.0.0/8, loopback or private, separated by commas',
      );
      return z.NEVER;
    })
    .describe(
      'trusted proxies, whose `X-Forwarded-For` and `X-Forwarded-Host` are used: addresses, subnets, `loopback`, `private`',
    ),
  BASE_PATH: z
    .string()
    .regex(/^(\/|(\/[\w.~-]+)*\/?)$/, 'must be a path such as /sky')
    .default('')
    .transform((path) => path.replace(/\/$/, ''))
    .describe('path under which a proxy serves Sky Scan, e.g. `/sky`; empty: the root'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://sky.example.org/sky' })
    .transform((text) => text.replace(/\/+$/, ''))
    .optional()
    .describe(
      'address of the dashboard in messages about alerts, with the path of a proxy. Default: `http://localhost` with `HTTP_PORT` and `BASE_PATH`',
    ),
  ALERT_NETWORKS: networks.describe(
    'networks besides public addresses to which messages about alerts may be sent, comma-separated, e.g. `192.168.1.0/24,127.0.0.0/8`. Default: none',
  ),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'must be an address such as smtps://user:password@mail.example.org' })
    .optional()
    .describe('mail server for messages about alerts. Default: none; a channel may have its own'),
  HSTS_MAX_AGE_S: z.coerce
    .number()
    .int()
    .min(0)
    .max(63_072_000)
    .default(0)
    .describe(
      'max-age of `Strict-Transport-Security`, seconds; 0: no header. With it, browsers require https on every port of this host name',
    ),
  RATE_LIMIT_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .default(30_000)
    .describe('maximum number of requests per minute and address; `stop` and `/health` are not limited'),
  ROTCTLD_FRONT: z
    .string()
    .default('')
    .transform((text, context) => {
      try {
        return parseFronts(text);
      } catch (error) {
        context.addIssue(errorMessage(error));
        return z.NEVER;
      }
    })
    .describe(
      'ports at which rotors answer like the rotctld of Hamlib, e.g. `rotor=1,port=4633;rotor=2,port=4634`; for other machines with `host=0.0.0.0,allow=192.168.1.0/24`. Default: none',
    ),
  MAX_VIEWERS: z.coerce.number().int().min(1).default(5_000).describe('maximum number of WebSockets'),
  ...siteVariables,
});

/** Environment variables of migrate.ts. */
export const databaseSchema = variables.pick({ DATABASE_URL: true, DATABASE_DIRECT_URL: true });

/** Environment variables of api-gateway. */
export const configSchema = variables
  .superRefine(requireWholeSite)
  .superRefine(requireLinkCertificates)
  .superRefine(requireAnalystForElements)
  .superRefine(requireSeparateTopics);
export type Config = z.infer<typeof configSchema>;

/** Requires a key on a server that other machines can reach. */
export function requireKeysBeyondLoopback(config: Config): void {
  if (isLoopbackHost(config.HTTP_HOST) || config.API_KEYS.length > 0) return;
  throw new SkyScanError(
    'invalid',
    `HTTP on ${config.HTTP_HOST} can be reached from other machines and needs API_KEYS; set it or bind 127.0.0.1`,
  );
}

function requireLinkCertificates(config: z.infer<typeof variables>, context: z.RefinementCtx): void {
  if (config.LINK_PORT === undefined || linkCertificatesFrom(config)) return;
  context.addIssue({
    code: 'custom',
    path: ['LINK_PORT'],
    message: 'needs LINK_TLS_CERT, LINK_TLS_KEY and LINK_TLS_CA',
  });
}

function requireAnalystForElements(config: z.infer<typeof variables>, context: z.RefinementCtx): void {
  if (config.SKY_ANALYST_ADDRESS !== undefined) return;
  for (const name of ['ELEMENTS_PATH', 'ELEMENTS_URL'] as const)
    if (config[name] !== undefined)
      context.addIssue({ code: 'custom', path: [name], message: 'needs SKY_ANALYST_ADDRESS' });
}

/** Home Assistant reads all topics below its prefix. */
function requireSeparateTopics(config: z.infer<typeof variables>, context: z.RefinementCtx): void {
  const { HOME_ASSISTANT_PREFIX: prefix, MQTT_BASE_TOPIC: base } = config;
  if (`${base}/`.startsWith(`${prefix}/`))
    context.addIssue({
      code: 'custom',
      path: ['HOME_ASSISTANT_PREFIX'],
      message: 'must not contain the topics of MQTT_BASE_TOPIC',
    });
}

/** Undefined unless all three are set. */
export function linkCertificatesFrom({
  LINK_TLS_CERT: certPath,
  LINK_TLS_KEY: keyPath,
  LINK_TLS_CA: caPath,
}: Pick<z.infer<typeof variables>, 'LINK_TLS_CERT' | 'LINK_TLS_KEY' | 'LINK_TLS_CA'>):
  LinkCertificates | undefined {
  return certPath === undefined || keyPath === undefined || caPath === undefined
    ? undefined
    : { certPath, keyPath, caPath };
}

/** Where orbital elements come from; undefined: not configured. */
export function elementsSourcesFrom({
  ELEMENTS_PATH: path,
  ELEMENTS_URL: url,
  ELEMENTS_INTERVAL_MIN: minutes,
}: Config): { path: string | undefined; url: string | undefined; intervalMs: number } {
  return { path, url, intervalMs: minutes * 60_000 };
}
