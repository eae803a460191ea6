import type { GrpcSettings } from '#shared/runtime/grpc-credentials';
import type { Logger } from '#shared/runtime/logger';
import { grpcHealthCheck } from '../clients/health-check.ts';
import { connectOrchestrator } from '../clients/orchestrator.ts';
import { connectRotorDriver } from '../clients/rotor-driver.ts';
import type { SiteConnection, SiteServices } from './site-directory.ts';

/** Connects to the services of a site over gRPC. */
export function connectSite(
  { name, orchestratorAddress, rotorDriverAddress }: SiteConnection,
  security: GrpcSettings,
  logger: Logger,
): SiteServices & { close(): void } {
  const orchestrator = connectOrchestrator(orchestratorAddress, security, name);
  const driver = connectRotorDriver(rotorDriverAddress, security, name, logger);
  const orchestratorHealth = grpcHealthCheck(
    'skyscan.v1.ScanOrchestrator',
    orchestratorAddress,
    security,
    orchestrator.finding,
  );
  const driverHealth = grpcHealthCheck(
    'skyscan.v1.RotorDriver',
    rotorDriverAddress,
    security,
    driver.finding,
  );
  return {
    orchestrator,
    driver,
    health: { orchestrator: orchestratorHealth.check, driver: driverHealth.check },
    close() {
      for (const client of [orchestrator, driver, orchestratorHealth, driverHealth]) client.close();
    },
  };
}
