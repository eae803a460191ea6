import type { Logger } from '#shared/runtime/logger';
import { createChannelResolver, endpointOf } from './alerts/channel-addresses.ts';
import { createAlerts, type Alerts } from './alerts/create-alerts.ts';
import type { AlertPublisher } from './alerts/publish-alerts.ts';
import type { Config } from './config.ts';
import type { AppParts } from './http/app.ts';
import type { Database } from './store/queryable.ts';

export interface Alerting {
  alerts: Alerts;
  /** What the API needs of it. */
  routes: AppParts['alerts'];
  /** The port of the API: no message is sent to it. */
  listensOn(port: number): void;
}

interface AlertingParts {
  db: Database;
  mqtt: AlertPublisher['mqtt'];
  nowMs: () => number;
  logger: Logger;
}

/** Alerts as configured. */
export function createAlerting(config: Config, { db, mqtt, nowMs, logger }: AlertingParts): Alerting {
  const ownPorts = new Set(portsOf(config));
  const settings = {
    resolve: createChannelResolver(config.ALERT_NETWORKS, () => ownPorts),
    smtpUrl: config.SMTP_URL,
    baseUrl: config.PUBLIC_URL ?? `http://localhost:${config.HTTP_PORT}${config.BASE_PATH}`,
  };
  const alerts = createAlerts({ db, mqtt, nowMs, logger, ...settings });
  return {
    alerts,
    routes: { ...settings, wakeAlerts: alerts.wake },
    listensOn: (port) => void ownPorts.add(port),
  };
}

/** Ports of Sky Scan and of what it stores and publishes with. */
function portsOf(config: Config): number[] {
  const services = [config.ORCHESTRATOR_ADDRESS, config.ROTOR_DRIVER_ADDRESS, config.SKY_ANALYST_ADDRESS];
  const urls = [...config.DATABASE_URL, ...(config.DATABASE_DIRECT_URL ?? []), ...config.MQTT_URL.split(',')];
  return [
    config.HTTP_PORT,
    config.LINK_PORT,
    ...services.map((address) => Number(address?.split(':').at(-1))),
    ...urls.map((url) => endpointOf(url).port),
  ].filter((port): port is number => port !== undefined && port > 0);
}
