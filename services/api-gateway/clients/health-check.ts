import type { DependencyState } from '#contract/rest/health';
import type { GrpcSettings } from '#shared/runtime/grpc-credentials';
import { createHealthClient } from '#shared/runtime/grpc-health';
import { MQTT_HEALTH } from '#shared/runtime/grpc-server';

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

/** The dashboard must show the reason for missing points within 2 s, which includes this check. */
export const CHECK_MS = 900;
const NO_MQTT =
  'its MQTT messages do not arrive: the access rules (ACL) of the broker deny them; the log of the service names the topics';

/**
 * Calls the health service of a gRPC server. `lastCall`: the finding of its last other call, which
 * shows whether it serves our site.
 */
export function grpcHealthCheck(
  service: string,
  address: string,
  security: GrpcSettings,
  lastCall: () => Finding,
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
        const { state, message } = lastCall();
        return healthyUnless(state === 'impaired' ? message : hasMqtt ? undefined : NO_MQTT);
      } catch {
        return UNREACHABLE;
      }
    },
    close: () => health.close(),
  };
}
