import { splitAddress } from '#shared/base/address';
import type { Logger } from '#shared/runtime/logger';
import { createChannelResolver, endpointOf, type Endpoint } from './alerts/channel-addresses.ts';
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
  const own = endpointsOf(config);
  const settings = {
    resolve: createChannelResolver(config.ALERT_NETWORKS, () => own),
    smtpUrl: config.SMTP_URL,
    mqtt,
    baseUrl: config.PUBLIC_URL ?? `http://localhost:${config.HTTP_PORT}${config.BASE_PATH}`,
  };
  const alerts = createAlerts({ db, nowMs, logger, ...settings });
  return {
    alerts,
    routes: { ...settings, wakeAlerts: () => alerts.wake() },
    listensOn: (port) => void own.push({ host: 'localhost', port }),
  };
}

/** Sky Scan, and what it stores and publishes with. */
function endpointsOf(config: Config): Endpoint[] {
  const services = [config.ORCHESTRATOR_ADDRESS, config.ROTOR_DRIVER_ADDRESS, config.SKY_ANALYST_ADDRESS];
  const urls = [...config.DATABASE_URL, ...(config.DATABASE_DIRECT_URL ?? []), ...config.MQTT_URL.split(',')];
  return [
    { host: 'localhost', port: config.HTTP_PORT },
    ...(config.LINK_PORT === undefined ? [] : [{ host: 'localhost', port: config.LINK_PORT }]),
    ...services.flatMap((address) => (address === undefined ? [] : [splitAddress(address)])),
    ...urls.map(endpointOf),
  ];
}
