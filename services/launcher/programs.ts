import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SkyScanError } from '#shared/base/errors';
import type { Addresses } from './addresses.ts';
import type { Secrets } from './secrets.ts';
import type { ServiceProgram } from './service-process.ts';

export type ServiceName =
  | 'mqtt-broker'
  | 'simulator'
  | 'rotor-driver'
  | 'sdr-sampler'
  | 'scan-orchestrator'
  | 'sky-analyst'
  | 'api-gateway';

export interface ProgramOptions {
  /** Folder of the compiled services: `dist/services`. */
  servicesFolder: string;
  dataDir: string;
  /** Environment that every child inherits. */
  env: NodeJS.ProcessEnv;
  httpHost?: string;
  databaseUrl: string;
  secrets: Secrets;
  /** An external broker, with its own login. */
  mqttUrl?: string | undefined;
  /** The simulator follows this rotctld instead of driving a rotator of its own. */
  rotctld?: string | undefined;
}

/**
 * Node options of every service. The young objects of a small service fit in semi-spaces of 2 MB;
 * V8 would let each grow to 16 MB before it collects. The sampler's blocks are outside V8's heap.
 */
export const SMALL_HEAP = ['--max-semi-space-size=2'];
/**
 * glibc keeps up to eight arenas per core, for threads that rarely allocate. Two save 5 MB per
 * process.
 */
export const FEW_ARENAS = { MALLOC_ARENA_MAX: '2' };

const MQTT_USER = 'skyscan';
const GRPC_TOKEN = ['GRPC_TOKEN', 'GRPC_TOKEN_FILE'];
const MQTT_LOGIN = ['MQTT_USERNAME', 'MQTT_USERNAME_FILE', 'MQTT_PASSWORD', 'MQTT_PASSWORD_FILE'];
const METRICS_TOKEN = ['METRICS_TOKEN', 'METRICS_TOKEN_FILE'];
const GATEWAY_ONLY = ['API_KEYS', 'API_KEYS_FILE', 'DATABASE_DIRECT_URL', 'DATABASE_DIRECT_URL_FILE'];

/**
 * The command and the environment of every service. Each receives only the secrets that it needs.
 */
export function describePrograms(
  options: ProgramOptions,
  at: Addresses,
): Record<ServiceName, ServiceProgram> {
  const withLogins = { ...options.env, ...loginsFor(options) };
  const common = without(withLogins, [...GATEWAY_ONLY, 'DATABASE_URL', 'DATABASE_URL_FILE']);
  const noLogins = without(common, [...GRPC_TOKEN, ...MQTT_LOGIN, ...METRICS_TOKEN]);
  // Node's compiled code, which the next start reads instead of compiling again.
  const compileCache = { NODE_COMPILE_CACHE: join(options.dataDir, 'compile-cache') };
  const host = '127.0.0.1';
  const grpcPort = (address: string) => address.slice(address.lastIndexOf(':') + 1);
  const program = (
    name: ServiceName,
    env: NodeJS.ProcessEnv,
    entry = join(name, 'main.js'),
    base: NodeJS.ProcessEnv = common,
  ): ServiceProgram => ({
    name,
    entry: join(options.servicesFolder, entry),
    env: { ...FEW_ARENAS, ...compileCache, ...base, MQTT_URL: at.mqttUrl, ...env },
    nodeOptions: SMALL_HEAP,
  });
  return {
    'mqtt-broker': program(
      'mqtt-broker',
      {
        MQTT_PORT: String(at.mqttPort),
        MQTT_PASSWORD_FILE: options.secrets.mqttPasswordFile,
        MQTT_OPERATOR_PASSWORD_FILE: options.secrets.mqttOperatorPasswordFile,
      },
      join('launcher', 'broker', 'main.js'),
      noLogins,
    ),
    simulator: program(
      'simulator',
      {
        SIM_HOST: host,
        SIM_ROTCTLD_PORT: String(at.simulator.rotctldPort),
        SIM_RTL_TCP_PORT: String(at.simulator.rtlTcpPort),
        SIM_CONTROL_PORT: String(at.simulator.controlPort),
        SIM_STATE_FILE: join(options.dataDir, 'simulator', 'mount.json'),
        ...(options.rotctld && { SIM_FOLLOW_ROTCTLD: options.rotctld }),
        ...sunOf(options.env),
      },
      undefined,
      noLogins,
    ),
    'rotor-driver': program('rotor-driver', {
      ROTOR_DRIVER_HOST: host,
      ROTOR_DRIVER_PORT: grpcPort(at.rotorDriver),
      DATA_DIR: options.dataDir,
    }),
    'sdr-sampler': program('sdr-sampler', {
      SDR_SAMPLER_HOST: host,
      SDR_SAMPLER_PORT: grpcPort(at.sdrSampler),
      RTL_TCP: at.rtlTcp,
    }),
    'scan-orchestrator': program('scan-orchestrator', {
      ORCHESTRATOR_HOST: host,
      ORCHESTRATOR_PORT: grpcPort(at.orchestrator),
      ROTOR_DRIVER_ADDRESS: at.rotorDriver,
      SDR_SAMPLER_ADDRESS: at.sdrSampler,
      DATA_DIR: options.dataDir,
    }),
    'sky-analyst': program(
      'sky-analyst',
      { SKY_ANALYST_HOST: host, SKY_ANALYST_PORT: grpcPort(at.skyAnalyst) },
      undefined,
      without(common, MQTT_LOGIN),
    ),
    'api-gateway': program('api-gateway', {
      ...pick(options.env, GATEWAY_ONLY),
      // The embedded broker serves this launcher only.
      ...(!options.mqttUrl && !options.env['GATEWAY_ID'] && { GATEWAY_ID: 'api-gateway' }),
      HTTP_HOST: options.httpHost ?? host,
      HTTP_PORT: String(at.httpPort),
      DATABASE_URL: options.databaseUrl,
      ORCHESTRATOR_ADDRESS: at.orchestrator,
      ROTOR_DRIVER_ADDRESS: at.rotorDriver,
      SKY_ANALYST_ADDRESS: at.skyAnalyst,
    }),
  };
}

/** At a site with a place, the simulated Sun is where the other services expect it. */
function sunOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { SITE_LATITUDE_DEG: latitude, SITE_LONGITUDE_DEG: longitude } = env;
  if (!latitude || !longitude) return {};
  const place = { SIM_LATITUDE_DEG: latitude, SIM_LONGITUDE_DEG: longitude };
  return { SIM_SUN: 'moving', ...place, ...pick(env, ['SIM_SUN', ...Object.keys(place)]) };
}

/** The service variables that another process needs to connect. */
export function accessTo(env: NodeJS.ProcessEnv): Record<string, string> {
  return pick(env, [...GRPC_TOKEN, ...MQTT_LOGIN]) as Record<string, string>;
}

/**
 * The secrets of the installation, unless the user has set others. They are passed as files, so
 * that the environment of a process contains none.
 */
function loginsFor({ env, secrets, mqttUrl }: ProgramOptions): NodeJS.ProcessEnv {
  const hasToken = GRPC_TOKEN.some((name) => env[name]);
  const noLogin = Object.fromEntries(MQTT_LOGIN.map((name) => [name, undefined]));
  return {
    ...(!hasToken && { GRPC_TOKEN: undefined, GRPC_TOKEN_FILE: secrets.grpcTokenFile }),
    ...(!mqttUrl && { ...noLogin, MQTT_USERNAME: MQTT_USER, MQTT_PASSWORD_FILE: secrets.mqttPasswordFile }),
  };
}

/** Throws `unavailable` with the command to run if the services are not compiled. */
export function requireBuild(programs: Iterable<ServiceProgram>): void {
  for (const { name, entry } of programs)
    if (!existsSync(entry))
      throw new SkyScanError('unavailable', `${name} is not built (${entry} is missing): run npm run build`);
}

function pick(env: NodeJS.ProcessEnv, names: string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) => value !== undefined && names.includes(name)),
  );
}

function without(env: NodeJS.ProcessEnv, names: string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) => value !== undefined && !names.includes(name)),
  );
}
