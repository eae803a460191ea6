import type { RequestHandler } from 'express';
import type { Registry } from 'prom-client';
import { HealthDefinition } from 'nice-grpc-server-health';
import { createGrpcClient } from '#shared/grpc-client';
import type { GrpcSecurity } from '#shared/grpc-credentials';

/** Says `ok`, or what is wrong in words. Must not throw. */
export type HealthCheck = () => Promise<string>;

const CACHE_MS = 1_000;
// grpc.health.v1; the package does not export its enum.
const SERVING = 1;

/** Always 200 while the process can answer; `status` says whether everything it needs is there. */
export function healthHandler(checks: Record<string, HealthCheck>): RequestHandler {
  let latest: { atMs: number; dependencies: Promise<Record<string, string>> } | undefined;
  return async (_request, response) => {
    // Whoever asks often gets the answer of the second: health must not become load.
    if (!latest || performance.now() - latest.atMs > CACHE_MS)
      latest = { atMs: performance.now(), dependencies: runChecks(checks) };
    const dependencies = await latest.dependencies;
    const healthy = Object.values(dependencies).every((word) => word === 'ok');
    response.json({ status: healthy ? 'ok' : 'degraded', service: 'api-gateway', dependencies });
  };
}

/** Asks the health service that every gRPC server of ours has. */
export function grpcHealthCheck(
  service: string,
  address: string,
  security: GrpcSecurity,
): { check: HealthCheck; close: () => void } {
  const { client, close } = createGrpcClient(HealthDefinition, address, security);
  return {
    check: () =>
      client.check({ service }, { deadline: 1_000 }).then(
        ({ status }) => ((status as number) === SERVING ? 'ok' : 'not serving'),
        () => 'cannot be reached',
      ),
    close,
  };
}

/** Numbers for Prometheus. */
export function metricsHandler(registry: Registry): RequestHandler {
  return async (_request, response) => {
    response.set('Content-Type', registry.contentType).send(await registry.metrics());
  };
}

async function runChecks(checks: Record<string, HealthCheck>): Promise<Record<string, string>> {
  const entries = Object.entries(checks).map(async ([name, check]) => [name, await check()] as const);
  return Object.fromEntries(await Promise.all(entries));
}
