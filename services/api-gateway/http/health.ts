import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { Registry } from 'prom-client';
import { CHECK_MS, type Finding, type HealthCheck } from '../clients/health-check.ts';
import { sendError } from './errors.ts';

/** Paths of probes: no key, no rate limit. */
export const PROBE = /^\/(api\/)?(health|ready)\/?$/;
const READY = /\/ready\/?$/;

const CACHE_MS = 1_000;

/** Always 200 while the process is up; `status` shows whether all dependencies are healthy. */
export function healthHandler(
  checks: Record<string, HealthCheck>,
  remoteSites: () => [string, Finding][],
): RequestHandler {
  const check = cached(() => runChecks(checks));
  const hasProblem = ([, { state }]: [string, Finding]) => state !== 'ok';
  return async (_request, response) => {
    // Of the other sites only those with a problem: there may be many.
    const findings = [...(await check()), ...remoteSites().filter(hasProblem)];
    response.json({
      status: findings.some(hasProblem) ? 'degraded' : 'ok',
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
