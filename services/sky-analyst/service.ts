import { SkyAnalystDefinition } from '#proto/sky_analyst';
import { grpcSettingsFrom } from '#shared/runtime/grpc-credentials';
import { startGrpcServer } from '#shared/runtime/grpc-server';
import type { Lifecycle } from '#shared/runtime/lifecycle';
import type { Logger } from '#shared/runtime/logger';
import type { SkyAnalystConfig } from './config.ts';
import { createSkyAnalystService } from './grpc/server.ts';
import { createMaskThreads } from './threads/mask-threads.ts';

/** Starts the gRPC server; each analysis runs in a thread of its own. */
export async function start(
  config: SkyAnalystConfig,
  logger: Logger,
  lifecycle: Lifecycle,
): Promise<{ port: number }> {
  const server = await startGrpcServer({
    host: config.SKY_ANALYST_HOST,
    port: config.SKY_ANALYST_PORT,
    security: grpcSettingsFrom(config),
    serviceName: SkyAnalystDefinition.fullName,
    logger,
    add: (grpc) =>
      grpc.add(SkyAnalystDefinition, createSkyAnalystService(createMaskThreads(config.ANALYST_THREADS))),
  });
  lifecycle.onClose('gRPC', () => server.close());
  return { port: server.port };
}
