import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { errorMessage } from '#shared/errors';
import type { Logger } from '#shared/logger';
import { backoffMs, sleep } from '#shared/waiting';

const MIGRATIONS = fileURLToPath(new URL('migrations', import.meta.url));

/**
 * Brings the schema up to date, waiting as long as it takes for a database that is still starting. Several gateways may do it
 * at once: an advisory lock lets one do the work. Rejects only when the signal fires.
 */
export async function migrateWhenReachable(url: string, logger: Logger, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await migrate(url, logger);
      return;
    } catch (error) {
      signal.throwIfAborted();
      logger.warn({ err: errorMessage(error) }, 'the database is not ready');
      await sleep(backoffMs(attempt, 100, 3_000), signal);
    }
  }
}

async function migrate(url: string, logger: Logger): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    query_timeout: 120_000,
  });
  client.on('error', () => undefined); // the pending query rejects too
  try {
    await client.connect();
    await runner({
      dbClient: client,
      dir: MIGRATIONS,
      // Files that are no migrations never stop a start.
      ignorePattern: '(?!.*\\.sql$).*',
      direction: 'up',
      migrationsTable: 'migrations',
      advisoryLockMode: 'wait',
      logger: {
        info: (message) => logger.debug(message),
        warn: (message) => logger.warn(message),
        error: (message) => logger.warn(message),
      },
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}
