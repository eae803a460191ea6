import type { GrpcSettings } from '#shared/runtime/grpc-credentials';
import type { Logger } from '#shared/runtime/logger';
import { grpcHealthCheck } from '../clients/health-check.ts';
import { connectOrchestrator } from '../clients/orchestrator.ts';
import { connectRotorDriver } from '../clients/rotor-driver.ts';
import type { SiteLinks } from '../links/site-links.ts';
import type { SiteConnection, SiteServices } from './site-directory.ts';

/** Connects to the services of a site over gRPC, directly or through the link of the site. */
export function connectSite(
  { name, addresses }: SiteConnection,
  security: GrpcSettings,
  links: Pick<SiteLinks, 'addressOf' | 'end'>,
  logger: Logger,
): SiteServices & { close(): void } {
  const at = addresses ?? {
    orchestrator: links.addressOf(name, 'scan-orchestrator'),
    rotorDriver: links.addressOf(name, 'rotor-driver'),
  };
  // The link itself is encrypted, and site-link checks the certificates of the services.
  const { certPath: _cert, keyPath: _key, caPath: _ca, ...withoutTls } = security;
  const settings = addresses === null ? withoutTls : security;
  const orchestrator = connectOrchestrator(at.orchestrator, settings, name);
  const driver = connectRotorDriver(at.rotorDriver, settings, name, logger);
  const orchestratorHealth = grpcHealthCheck(
    'skyscan.v1.ScanOrchestrator',
    at.orchestrator,
    settings,
    orchestrator.finding,
  );
  const driverHealth = grpcHealthCheck('skyscan.v1.RotorDriver', at.rotorDriver, settings, driver.finding);
  return {
    orchestrator,
    driver,
    health: { orchestrator: orchestratorHealth.check, driver: driverHealth.check },
    close() {
      for (const client of [orchestrator, driver, orchestratorHealth, driverHealth]) client.close();
      if (addresses === null) links.end(name, 'this gateway reaches the site no longer through a link');
    },
  };
}
