import { Semaphore } from 'async-mutex';
import { SkyAnalystDefinition } from '#proto/sky_analyst';
import { grpcSettingsFrom } from '#shared/runtime/grpc-credentials';
import { createRegistry, serveMetrics } from '#shared/runtime/metrics';
import { startGrpcServer } from '#shared/runtime/grpc-server';
import type { Lifecycle } from '#shared/runtime/lifecycle';
import type { Logger } from '#shared/runtime/logger';
import type { SkyAnalystConfig } from './config.ts';
import { createSkyAnalystService } from './grpc/server.ts';
import { createAnalystMetrics } from './metrics.ts';
import { createMaskThreads } from './threads/mask-threads.ts';
import { createReadThreads } from './threads/read-threads.ts';
import { createTaskThreads } from './threads/task-threads.ts';

/** Starts the gRPC server; each analysis runs in a thread of its own. */
export async function start(
  config: SkyAnalystConfig,
  logger: Logger,
  lifecycle: Lifecycle,
): Promise<{ port: number }> {
  const searches = new Semaphore(config.ANALYST_THREADS);
  const registry = createRegistry();
  const metrics = createAnalystMetrics(registry, searches, config.ANALYST_THREADS);
  const metricsPort = { port: config.SKY_ANALYST_METRICS_PORT, variable: 'SKY_ANALYST_METRICS_PORT' };
  await serveMetrics(registry, config, metricsPort, logger, lifecycle);
  const threads = {
    masks: metrics.masks(createMaskThreads(searches)),
    searches: metrics.tasks(createTaskThreads(searches)),
    // Somebody waits for these; they do not wait for a search.
    questions: metrics.tasks(createTaskThreads(new Semaphore(config.ANALYST_THREADS))),
    readers: createReadThreads(new Semaphore(config.ANALYST_THREADS)),
  };
  const server = await startGrpcServer({
    host: config.SKY_ANALYST_HOST,
    port: config.SKY_ANALYST_PORT,
    security: grpcSettingsFrom(config),
    serviceName: SkyAnalystDefinition.fullName,
    logger,
    add: (grpc) => grpc.add(SkyAnalystDefinition, createSkyAnalystService(threads)),
  });
  lifecycle.onClose('gRPC', () => server.close());
  return { port: server.port };
}
