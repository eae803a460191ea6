import { Semaphore } from 'async-mutex';
import { SkyAnalystDefinition } from '#proto/sky_analyst';
import { grpcSettingsFrom } from '#shared/runtime/grpc-credentials';
import { startGrpcServer } from '#shared/runtime/grpc-server';
import type { Lifecycle } from '#shared/runtime/lifecycle';
import type { Logger } from '#shared/runtime/logger';
import type { SkyAnalystConfig } from './config.ts';
import { createSkyAnalystService } from './grpc/server.ts';
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
  const threads = {
    masks: createMaskThreads(searches),
    searches: createTaskThreads(searches),
    // Somebody waits for these; they do not wait for a search.
    questions: createTaskThreads(new Semaphore(config.ANALYST_THREADS)),
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
