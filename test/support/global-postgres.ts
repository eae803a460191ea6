import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { preparePostgres, type RunningPostgres } from '../../services/launcher/postgres.ts';
import { freePort } from '../../services/launcher/ports.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Answers with the address of the run's PostgreSQL; the first question starts it. */
    postgresDoor: string;
  }
}

/** One embedded PostgreSQL for a whole test run, started when the first test file asks for a database. */
export default async function globalPostgres(project: TestProject): Promise<() => Promise<void>> {
  let server: Promise<{ url: string; folder: string; running: RunningPostgres }> | undefined;
  const door = createServer((_request, response) => {
    server ??= startServer();
    server.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await once(door.listen(0, '127.0.0.1').unref(), 'listening');
  project.provide('postgresDoor', `http://127.0.0.1:${(door.address() as AddressInfo).port}/`);
  return async () => {
    door.close();
    const started = await server?.catch(() => undefined);
    await started?.running.stop();
    if (started) rmSync(started.folder, { recursive: true, force: true });
  };
}

async function startServer() {
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-postgres-'));
  const port = await freePort();
  const cluster = preparePostgres({ folder: join(folder, 'postgres'), port, durable: false });
  return { url: cluster.url('postgres'), folder, running: await cluster.start() };
}
