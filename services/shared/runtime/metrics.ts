import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { z } from 'zod';
import { errorMessage, SkyScanError } from '../base/errors.ts';
import { portVariable } from './env.ts';
import { sameSecret } from './grpc-credentials.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Logger } from './logger.ts';
import { isLoopbackHost } from './loopback.ts';

const MIN_TOKEN_LENGTH = 16;

/** Where metrics are served; each service has a variable of its own for the port. */
export const metricsVariables = {
  METRICS_HOST: z
    .string()
    .default('127.0.0.1')
    .describe(
      'address on which the metrics of the services listen; any other than loopback needs `METRICS_TOKEN`',
    ),
  METRICS_TOKEN: z
    .string()
    .min(MIN_TOKEN_LENGTH, `must have at least ${MIN_TOKEN_LENGTH} characters`)
    .optional()
    .describe('bearer token that Prometheus sends for the metrics; api-gateway wants an API key instead'),
};

/** The variable for the port of the metrics of a service. */
export const metricsPortVariable = portVariable
  .optional()
  .describe('port of the metrics for Prometheus (`/metrics`). Default: none');

export interface MetricsSettings {
  METRICS_HOST: string;
  METRICS_TOKEN?: string | undefined;
}

/** A registry with the metrics of the process: memory, processor time, event loop. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Whether a service is connected to the broker. */
export function watchBroker(registry: Registry, isConnected: () => boolean): void {
  new Gauge({
    name: 'skyscan_mqtt_connected',
    help: 'Whether the service is connected to the MQTT broker (1: yes)',
    registers: [registry],
    collect() {
      this.set(isConnected() ? 1 : 0);
    },
  });
}

/**
 * Serves `/metrics` until the lifecycle closes; without a port, nothing. Throws `invalid` without a
 * token beyond loopback, `unavailable` for a port that cannot be used.
 */
export async function serveMetrics(
  registry: Registry,
  { METRICS_HOST: host, METRICS_TOKEN: token }: MetricsSettings,
  { port, variable }: { port: number | undefined; variable: string },
  logger: Logger,
  lifecycle: Lifecycle,
): Promise<number | undefined> {
  if (port === undefined) return undefined;
  if (!isLoopbackHost(host) && token === undefined)
    throw new SkyScanError(
      'invalid',
      `METRICS_HOST ${host} can be reached from other machines and needs METRICS_TOKEN; set it or bind 127.0.0.1`,
    );
  const server = createServer(
    { headersTimeout: 5_000, requestTimeout: 5_000, maxHeaderSize: 8 * 1024 },
    (request, response) => {
      const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
      if (token !== undefined && !sameSecret(given, token)) response.writeHead(401).end();
      else if (request.method !== 'GET' || request.url !== '/metrics') response.writeHead(404).end();
      else
        registry.metrics().then(
          (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
          (error: unknown) => {
            logger.error({ err: error }, 'the metrics cannot be collected');
            response.writeHead(500).end();
          },
        );
    },
  );
  server.maxConnections = 32;
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'is in use' : errorMessage(error);
    throw new SkyScanError(
      'unavailable',
      `port ${port} on ${host} for metrics ${reason}; choose another with ${variable}`,
      { cause: error },
    );
  }
  lifecycle.onClose('metrics', () => {
    server.close();
    server.closeAllConnections();
  });
  const { port: used } = server.address() as AddressInfo;
  logger.info({ host, port: used }, 'metrics');
  return used;
}
