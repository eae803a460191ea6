import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { describeConnectionFault } from '#shared/runtime/connection-faults';
import { SkyScanError, errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { backoffMs, sleep } from '#shared/runtime/waiting';
import { databaseAddress } from './connection-url.ts';
import { findPrimary } from './find-primary.ts';
import { prepareConnection } from './connection-settings.ts';
import { readFacts, databaseProblem } from './database-check.ts';

const MIGRATIONS = fileURLToPath(new URL('migrations', import.meta.url));

export interface MigrationEvents {
  /** Called with the reason why the database cannot be used yet. */
  onWaiting: (reason: string) => void;
  /**
   * Whether the start may still fail. Later an unusable database is retried like an unreachable
   * one.
   */
  mayRefuse: () => boolean;
}

/**
 * Migrates the schema; waits indefinitely for a database that is still starting. Several gateways
 * may call it at the same time: an advisory lock lets one of them do the work. Of several servers
 * it uses the primary. Rejects when the signal fires, and with `unsupported` if the database cannot
 * be used (encoding, privileges, read-only).
 */
export async function migrateWhenReachable(
  urls: string[],
  logger: Logger,
  signal: AbortSignal,
  { onWaiting, mayRefuse }: MigrationEvents,
): Promise<void> {
  let reported: string | undefined;
  for (let attempt = 0; ; attempt++) {
    const url = (await findPrimary(urls)) ?? urls[0] ?? '';
    try {
      await migrate(url, logger);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SkyScanError && mayRefuse()) throw error;
      const reason = reasonOf(error, databaseAddress(url));
      if (reason !== reported) logger.warn({ reason }, 'waiting for the database');
      reported = reason;
      onWaiting(reason);
      await sleep(backoffMs(attempt, 100, 3_000), signal);
    }
  }
}

/** A reason that an operator can act on; the server's own message does not name our settings. */
function reasonOf(error: unknown, address: string): string {
  if (error instanceof SkyScanError) return error.message;
  const { code } = error as { code?: unknown };
  if (code === '28P01' || code === '28000')
    return `${errorMessage(error)}; check user and password in DATABASE_URL`;
  if (code === '3D000') return `${errorMessage(error)}; create it, or name another one in DATABASE_URL`;
  if (code === '42501')
    return `${errorMessage(error)}; the role in DATABASE_URL must own Sky Scan's tables and be allowed to create tables`;
  // Messages of the server, such as too many connections, are used as they are; others come from
  // the system or a library.
  if (error instanceof pg.DatabaseError) return errorMessage(error);
  // node-pg-migrate, with the names of both migrations.
  if (errorMessage(error).startsWith('Not run migration'))
    return `another version of Sky Scan has changed the database at ${address}: ${errorMessage(error)}; start that version, or restore a backup of this one`;
  const fault = typeof code === 'string' ? code : errorMessage(error);
  return `PostgreSQL at ${address} ${describeConnectionFault(fault, 'DATABASE_URL')}`;
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
    await prepareConnection(client);
    const refusal = databaseProblem(await readFacts(client));
    if (refusal !== undefined) throw new SkyScanError('unsupported', refusal);
    await runner({
      dbClient: client,
      dir: MIGRATIONS,
      // Ignores files that are not migrations.
      ignorePattern: '(?!.*\\.sql$).*',
      direction: 'up',
      migrationsTable: 'migrations',
      advisoryLockMode: 'wait',
      logger: {
        info: (message) => logger.debug(message),
        // Errors are thrown and reported once.
        warn: (message) => logger.debug(message),
        error: (message) => logger.debug(message),
      },
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}
