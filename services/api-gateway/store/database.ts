import pg from 'pg';
import { errorKind } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { databaseAddress } from './connection-url.ts';
import { createDatabaseServer } from './database-server.ts';
import { findPrimary } from './find-primary.ts';
import type { Database } from './queryable.ts';

/**
 * The database on the primary of the servers, which may change: after a failure the servers are
 * asked which one it is now. The failed call throws; later calls go to the new primary.
 */
export function createDatabase(urls: string[], logger: Logger): Database {
  const servers = new Map(urls.map((url) => [url, createDatabaseServer(url, logger)]));
  const [first = ''] = urls;
  let primary = first;
  let search: Promise<void> | undefined = findAgain();

  async function findAgain(): Promise<void> {
    const found = await findPrimary(urls);
    if (found !== undefined && found !== primary)
      logger.warn({ address: databaseAddress(found) }, 'another database server is the primary');
    primary = found ?? primary;
    search = undefined;
  }

  async function onPrimary<T>(work: (server: Database) => Promise<T>): Promise<T> {
    await search;
    const used = primary;
    try {
      return await work(servers.get(used) as Database);
    } catch (error) {
      if (used === primary && errorKind(error) === 'unavailable') search ??= findAgain();
      throw error;
    }
  }

  return {
    query: (sql, values) => onPrimary((server) => server.query(sql, values)),
    transaction: (work) => onPrimary((server) => server.transaction(work)),
    copy: (sql, decode) => onPrimary((server) => server.copy(sql, decode)),
    async close() {
      await Promise.all([...servers.values()].map((server) => server.close()));
    },
  };
}

/** Whether the error is a unique violation. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '23505';
}

export function isForeignKeyViolation(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '23503';
}
