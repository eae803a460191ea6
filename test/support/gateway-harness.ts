import { type Agent, request as httpRequest } from 'node:http';
import mqtt, { type MqttClient } from 'mqtt';
import type { Clock } from '#shared/runtime/clock';
import { createLifecycle } from '#shared/runtime/lifecycle';
import { loadConfig } from '#shared/runtime/env';
import { createLogger } from '#shared/runtime/logger';
import { configSchema } from '../../services/api-gateway/config.ts';
import { start } from '../../services/api-gateway/service.ts';
import { startAedes, type TestBroker } from './gateway-broker.ts';
import { startFakeOrchestrator, type FakeOrchestrator } from './gateway-orchestrator.ts';
import { startFakeRotorDriver, type FakeRotorDriver } from './gateway-rotor-driver.ts';
import { createMigratedDatabase, type TestDatabase } from './postgres.ts';
import { PATIENT_ENV } from './patience.ts';

/** A response. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** Parsed JSON; undefined when the body is not JSON. */
  body: unknown;
}

export interface RequestOptions {
  /** Keeps the connection open for the next request; default: a new connection. */
  agent?: Agent;
  method?: string;
  headers?: Record<string, string>;
  /** Sent as JSON unless it is a string or a buffer. */
  body?: unknown;
}

export interface Gateway {
  port: number;
  url: string;
  wsUrl: string;
  /** Sends a request with the path exactly as given. */
  request(path: string, options?: RequestOptions): Promise<Answer>;
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

/** A gateway with its environment: fake services, a broker, a database. */
export interface GatewayWorld {
  gateway: Gateway;
  orchestrator: FakeOrchestrator;
  driver: FakeRotorDriver;
  broker: TestBroker;
  database: TestDatabase;
  mqtt: MqttClient;
  /** Starts another gateway (or the same again) in this world. */
  startGateway(env?: Record<string, string>): Promise<Gateway>;
  publish: (topic: string, payload: unknown, retain?: boolean) => Promise<void>;
  close(): Promise<void>;
}

/**
 * Builds the world; `env` extends the gateway's environment; `run` starts a gateway, by default in
 * this process.
 */
export async function createGatewayWorld(
  env: Record<string, string> = {},
  startBroker: () => Promise<TestBroker> = startAedes,
  run: (env: Record<string, string>) => Promise<Gateway> = (env) => runGateway(env),
): Promise<GatewayWorld> {
  const [database, broker, orchestrator, driver] = await Promise.all([
    createMigratedDatabase(),
    startBroker(),
    startFakeOrchestrator(),
    startFakeRotorDriver(),
  ]);
  const client = await mqtt.connectAsync(broker.url, { protocolVersion: 4 });
  const startGateway = (more: Record<string, string> = {}) =>
    run({
      HTTP_PORT: '0',
      DATABASE_URL: database.url,
      MQTT_URL: broker.url,
      ORCHESTRATOR_ADDRESS: orchestrator.address,
      ROTOR_DRIVER_ADDRESS: driver.address,
      ...PATIENT_ENV,
      ...env,
      ...more,
    });
  const gateway = await startGateway();
  return {
    gateway,
    orchestrator,
    driver,
    broker,
    database,
    mqtt: client,
    startGateway,
    async publish(topic, payload, retain = false) {
      const text =
        typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
      await client.publishAsync(topic, text, { qos: 1, retain });
    },
    async close() {
      await gateway.close();
      await client.endAsync(true);
      await Promise.all([orchestrator.close(), driver.close(), broker.close()]);
      await database.drop();
    },
  };
}

/** Starts a gateway in this process; `time`: of its schedules and alerts. */
export async function runGateway(env: Record<string, string>, time?: Clock): Promise<Gateway> {
  const logger = createLogger('api-gateway', process.env['GATEWAY_LOG'] ?? 'silent');
  const lifecycle = createLifecycle(logger);
  const config = loadConfig(configSchema, env);
  const { port } = await start(config, logger, lifecycle, time).catch(async (error: unknown) => {
    await lifecycle.close();
    throw error;
  });
  const host = config.HTTP_HOST === '0.0.0.0' ? '127.0.0.1' : config.HTTP_HOST;
  return gatewayAt(host, port, () => lifecycle.close());
}

/** Client of a running gateway. */
export function gatewayAt(host: string, port: number, close: () => Promise<void>): Gateway {
  const request = (path: string, options: RequestOptions = {}) => send(host, port, path, options);
  return {
    port,
    url: `http://${host}:${port}`,
    wsUrl: `ws://${host}:${port}`,
    request,
    get: (path) => request(path),
    post: (path, body) => request(path, { method: 'POST', ...(body !== undefined && { body }) }),
    close,
  };
}

/** Sends one request on its own connection, with the path exactly as given. */
export function send(host: string, port: number, path: string, options: RequestOptions): Promise<Answer> {
  const { method = 'GET', body } = options;
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  const bytes = raw ? body : body === undefined ? undefined : JSON.stringify(body);
  const headers: Record<string, string> = {
    ...(bytes !== undefined && {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(bytes)),
    }),
    ...options.headers,
  };
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host, port, path, method, headers, agent: options.agent ?? false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parse(text) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
