import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { Registry } from 'prom-client';
import { createHealthClient } from '#shared/runtime/grpc-health';
import type { DependencyState } from '#contract/rest/health';
import type { GrpcSettings } from '#shared/runtime/grpc-credentials';
import { MQTT_HEALTH } from '#shared/runtime/grpc-server';
import { sendError } from './errors.ts';

/** The result of a check; `message`: `ok` or the problem. */
export interface Finding {
  state: DependencyState;
  message: string;
}

/** Must not throw. */
export type HealthCheck = () => Promise<Finding>;

export const HEALTHY: Finding = { state: 'ok', message: 'ok' };
/** It does not answer. */
export const UNREACHABLE: Finding = { state: 'away', message: 'cannot be reached' };

/** It answers; `trouble` is its problem, if any. */
export function healthyUnless(trouble: string | undefined): Finding {
  return trouble === undefined ? HEALTHY : { state: 'impaired', message: trouble };
}

/** Paths of probes: no key, no rate limit. */
export const PROBE = /^\/(api\/)?(health|ready)\/?$/;
const READY = /\/ready\/?$/;

const CACHE_MS = 1_000;
// The dashboard must show the reason for missing points within 2 s, which includes this response.
const CHECK_MS = 900;
const NO_MQTT =
  'its MQTT messages do not arrive: the access rules (ACL) of the broker deny them; the log of the service names the topics';

/** Always 200 while the process is up; `status` shows whether all dependencies are healthy. */
export function healthHandler(checks: Record<string, HealthCheck>): RequestHandler {
  const check = cached(() => runChecks(checks));
  return async (_request, response) => {
    const findings = await check();
    const healthy = findings.every(([, { state }]) => state === 'ok');
    response.json({
      status: healthy ? 'ok' : 'degraded',
      service: 'api-gateway',
      dependencies: Object.fromEntries(findings.map(([name, { message }]) => [name, message])),
      states: Object.fromEntries(findings.map(([name, { state }]) => [name, state])),
    });
  };
}

/** Whether the gateway can answer requests. */
export type Readiness = () => Promise<Finding>;

/** Nothing can be answered without the database; everything else only limits what works. */
export function readinessOf(database: HealthCheck): Readiness {
  return cached(() => withTimeout(database()));
}

/** 200, or 503 with the reason. */
export function readyHandler(readiness: Readiness): RequestHandler {
  return async (_request, response) => {
    const { state, message } = await readiness();
    if (state === 'ok') response.json({ status: 'ready' });
    else sendError(response, 503, `Not ready: the database ${message}`);
  };
}

/**
 * Answers a probe that `refuses` would refuse, such as one of a load balancer that sends the
 * address of a container as Host: with the status alone, which tells other pages nothing.
 */
export function probeHandler(
  refuses: (request: IncomingMessage) => unknown,
  readiness: Readiness,
): RequestHandler {
  return async (request, response, next) => {
    const isProbe =
      PROBE.test(request.path) &&
      ['GET', 'HEAD'].includes(request.method) &&
      request.headers.origin === undefined;
    if (!isProbe || !refuses(request)) next();
    else {
      const isUp = !READY.test(request.path) || (await readiness()).state === 'ok';
      response.status(isUp ? 204 : 503).end();
    }
  };
}

/** Frequent requests get a cached result: health checks must not become load. */
function cached<T>(check: () => Promise<T>): () => Promise<T> {
  let latest: { atMs: number; result: Promise<T> } | undefined;
  return () => {
    if (!latest || performance.now() - latest.atMs > CACHE_MS)
      latest = { atMs: performance.now(), result: check() };
    return latest.result;
  };
}

/** Calls the health service of a gRPC server. */
export function grpcHealthCheck(
  service: string,
  address: string,
  security: GrpcSettings,
): { check: HealthCheck; close: () => void } {
  const health = createHealthClient(address, security);
  return {
    async check() {
      try {
        const [isServing, hasMqtt] = await Promise.all([
          health.isServing(service, CHECK_MS),
          // Older servers do not have this service.
          health.isServing(MQTT_HEALTH, CHECK_MS).catch(() => true),
        ]);
        if (!isServing) return { state: 'away', message: 'not serving' };
        return healthyUnless(hasMqtt ? undefined : NO_MQTT);
      } catch {
        return UNREACHABLE;
      }
    },
    close: () => health.close(),
  };
}

/** Metrics for Prometheus. */
export function metricsHandler(registry: Registry): RequestHandler {
  return async (_request, response) => {
    response.set('Content-Type', registry.contentType).send(await registry.metrics());
  };
}

async function runChecks(checks: Record<string, HealthCheck>): Promise<[string, Finding][]> {
  const entries = Object.entries(checks).map(
    async ([name, check]) => [name, await withTimeout(check())] as [string, Finding],
  );
  // The clock is not a dependency: it is listed only with a problem.
  return (await Promise.all(entries)).filter(([name, { state }]) => name !== 'clock' || state !== 'ok');
}

/** A hanging dependency must not delay the others. */
async function withTimeout(check: Promise<Finding>): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => resolve({ state: 'away', message: 'does not answer' }), CHECK_MS);
  });
  return Promise.race([check, late]).finally(() => clearTimeout(timer));
}
