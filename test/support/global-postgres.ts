import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { pino } from 'pino';
import type { TestProject } from 'vitest/node';
import { migrateWhenReachable } from '../../services/api-gateway/store/migrate.ts';
import { preparePostgres, type RunningPostgres } from '../../services/launcher/postgres.ts';
import { freePort } from '#shared/runtime/free-port';

declare module 'vitest' {
  export interface ProvidedContext {
    /**
     * `/` returns the URL of the run's PostgreSQL, `/migrated` the name of a database on it with
     * the tables of the gateway, to be used as a template, and `/files` the folder of an unused
     * cluster for copying. All are created on the first request.
     */
    postgresServerUrl: string;
  }
}

/**
 * One embedded PostgreSQL for a whole test run, and the files of a second one, created when the
 * first test file requests them.
 */
export default async function globalPostgres(project: TestProject): Promise<() => Promise<void>> {
  let server: Promise<{ url: string; folder: string; running: RunningPostgres }> | undefined;
  let migrated: Promise<string> | undefined;
  let files: Promise<{ folder: string; cluster: string }> | undefined;
  const door = createServer(({ url: asked }, response) => {
    // A connection that is kept may be closed in the instant in which the next question is sent.
    response.shouldKeepAlive = false;
    answerTo(asked).then(
      (text) => response.end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  function answerTo(asked: string | undefined): Promise<string> {
    if (asked === '/files') return (files ??= makeFiles()).then(({ cluster }) => cluster);
    server ??= startServer();
    if (asked === '/migrated') return (migrated ??= server.then(({ url }) => makeMigrated(url)));
    return server.then(({ url }) => url);
  }
  await once(door.listen(0, '127.0.0.1').unref(), 'listening');
  project.provide('postgresServerUrl', `http://127.0.0.1:${(door.address() as AddressInfo).port}/`);
  return async () => {
    door.close();
    const started = await server?.catch(() => undefined);
    await started?.running.stop();
    const made = await files?.catch(() => undefined);
    for (const folder of [started?.folder, made?.folder])
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
}

async function startServer() {
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-postgres-'));
  const port = await freePort();
  const cluster = preparePostgres({ folder: join(folder, 'postgres'), port, durable: false });
  return { url: cluster.url('postgres'), folder, running: await cluster.start() };
}

async function makeMigrated(serverUrl: string): Promise<string> {
  const name = 'migrated';
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = name;
  const events = { onWaiting: () => undefined, mayRefuse: () => true };
  await migrateWhenReachable([url.href], pino({ level: 'silent' }), new AbortController().signal, events);
  return name;
}

async function makeFiles() {
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-postgres-files-'));
  const cluster = join(folder, 'postgres');
  const running = await preparePostgres({ folder: cluster, port: await freePort() }).start();
  await running.stop();
  return { folder, cluster };
}
