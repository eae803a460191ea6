import type { RequestHandler } from 'express';
import type { Registry } from 'prom-client';
import { createHealthClient } from '#shared/runtime/grpc-health';
import type { DependencyState } from '#contract/rest/health';
import type { GrpcSecurity } from '#shared/runtime/grpc-credentials';
import { MQTT_HEALTH } from '#shared/runtime/grpc-server';

/** What a check found; `message`: `ok`, or what is wrong in words. */
export interface Finding {
  state: DependencyState;
  message: string;
}

/** Must not throw. */
export type HealthCheck = () => Promise<Finding>;

export const HEALTHY: Finding = { state: 'ok', message: 'ok' };
/** It cannot be asked at all. */
export const UNREACHABLE: Finding = { state: 'away', message: 'cannot be reached' };

/** It can be asked, and `trouble` is wrong with it; undefined: nothing is. */
export function healthyUnless(trouble: string | undefined): Finding {
  return trouble === undefined ? HEALTHY : { state: 'impaired', message: trouble };
}

const CACHE_MS = 1_000;
// A page that gets no points names the reason within 2 s: this answer is a part of that.
const CHECK_MS = 900;
const NO_MQTT =
  'what it publishes does not come through the MQTT broker: the access rules (ACL) of the broker deny it; its log names the topics';

/** Always 200 while the process can answer; `status` says whether everything it needs is there. */
export function healthHandler(checks: Record<string, HealthCheck>): RequestHandler {
  let latest: { atMs: number; findings: Promise<[string, Finding][]> } | undefined;
  return async (_request, response) => {
    // Whoever asks often gets the answer of the second: health must not become load.
    if (!latest || performance.now() - latest.atMs > CACHE_MS)
      latest = { atMs: performance.now(), findings: runChecks(checks) };
    const findings = await latest.findings;
    const healthy = findings.every(([, { state }]) => state === 'ok');
    response.json({
      status: healthy ? 'ok' : 'degraded',
      service: 'api-gateway',
      dependencies: Object.fromEntries(findings.map(([name, { message }]) => [name, message])),
      states: Object.fromEntries(findings.map(([name, { state }]) => [name, state])),
    });
  };
}

/** Asks the health service that every gRPC server of ours has. */
export function grpcHealthCheck(
  service: string,
  address: string,
  security: GrpcSecurity,
): { check: HealthCheck; close: () => void } {
  const health = createHealthClient(address, security);
  return {
    async check() {
      try {
        const [isServing, hasMqtt] = await Promise.all([
          health.isServing(service, CHECK_MS),
          // Servers of older versions do not know this service.
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

/** Numbers for Prometheus. */
export function metricsHandler(registry: Registry): RequestHandler {
  return async (_request, response) => {
    response.set('Content-Type', registry.contentType).send(await registry.metrics());
  };
}

async function runChecks(checks: Record<string, HealthCheck>): Promise<[string, Finding][]> {
  const entries = Object.entries(checks).map(
    async ([name, check]) => [name, await withTimeout(check())] as [string, Finding],
  );
  // What is no dependency is named only when something is wrong with it.
  return (await Promise.all(entries)).filter(([name, { state }]) => name !== 'clock' || state !== 'ok');
}

/** A dependency that hangs does not hold up what the others say. */
async function withTimeout(check: Promise<Finding>): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => resolve({ state: 'away', message: 'does not answer' }), CHECK_MS);
  });
  return Promise.race([check, late]).finally(() => clearTimeout(timer));
}
