import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '#shared/runtime/free-port';
import { preparePostgres } from '../../services/launcher/postgres.ts';

/** A separate PostgreSQL, configured as by the launcher: every commit is synced to disk. */
export interface BenchPostgres {
  /** URL of an initially empty database. */
  url: string;
  stop(): Promise<void>;
}

export async function startBenchPostgres(): Promise<BenchPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-bench-postgres-'));
  const cluster = preparePostgres({ folder: join(folder, 'postgres'), port: await freePort() });
  const running = await cluster.start();
  return {
    url: cluster.url('postgres'),
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
