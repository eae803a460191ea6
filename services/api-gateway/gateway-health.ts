import { LOCAL_SITE } from '#shared/base/site-name';
import type { MqttConnection } from '#shared/runtime/mqtt-client';
import { HEALTHY, healthyUnless, UNREACHABLE, type HealthCheck } from './clients/health-check.ts';
import type { SkyAnalyst } from './clients/sky-analyst.ts';
import type { ClockWatch } from './clock-watch.ts';
import { clockProblem } from './domain/clocks.ts';
import type { TakeoverWatch } from './domain/takeover-watch.ts';
import type { HomeAutomation } from './home-automation.ts';
import type { RotctldFronts } from './rotctld-front/front.ts';
import type { SiteDirectory } from './sites/site-directory.ts';
import type { GatedDatabase } from './store/migration-gate.ts';

export interface Dependencies {
  db: GatedDatabase;
  mqtt: Pick<MqttConnection, 'client' | 'trouble'>;
  homeAutomation: Pick<HomeAutomation, 'trouble'>;
  /** Whether the second connection, of the positions, works. */
  isFeedAlive: () => Promise<boolean>;
  takeovers: TakeoverWatch;
  directory: SiteDirectory;
  clock: ClockWatch;
  analyst: SkyAnalyst | undefined;
  /** Undefined: none are configured. */
  fronts: RotctldFronts | undefined;
}

/** The checks of `/health` for what the gateway depends on. */
export function healthChecksOf(parts: Dependencies): Record<string, HealthCheck> & { database: HealthCheck } {
  const { db, mqtt, directory, clock, analyst, fronts } = parts;
  const local = () => directory.servicesOf(LOCAL_SITE.id);
  return {
    database: () =>
      db.query('select 1').then(
        () => HEALTHY,
        () => (db.notReadyReason === undefined ? UNREACHABLE : healthyUnless(db.notReadyReason)),
      ),
    mqtt: async () => {
      const takeover = parts.takeovers.trouble();
      if (takeover !== undefined) return healthyUnless(takeover);
      const isAlive = mqtt.client.connected && (await parts.isFeedAlive());
      return isAlive ? healthyUnless(mqtt.trouble() ?? parts.homeAutomation.trouble()) : UNREACHABLE;
    },
    orchestrator: async () => {
      const block = directory.blockOf(LOCAL_SITE.id);
      return block === undefined ? local().health.orchestrator() : healthyUnless(block);
    },
    rotor_driver: () => local().health.driver(),
    ...(analyst && { sky_analyst: analyst.health }),
    ...(fronts && { rotctld_front: () => fronts.finding() }),
    clock: () =>
      Promise.resolve(
        healthyUnless(clockProblem(local().orchestrator.clock(), clock.lastJump, clock.sinceJumpMs())),
      ),
  };
}
