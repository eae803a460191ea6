import pg from 'pg';
import { SkyScanError, errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { databaseAddress } from './connection-url.ts';
import { copyOut } from './copy-out.ts';
import type { Database, Queryable } from './queryable.ts';
import { prepareBoundedConnection } from './connection-settings.ts';

const INT8 = pg.types.builtins.INT8;
const DISK_FULL = '53100';
/** A standby, or a server that was demoted to one. */
const READ_ONLY = '25006';

/**
 * A limited pool of connections to one server: a hanging one blocks at most ten for some seconds.
 */
export function createDatabaseServer(url: string, logger: Logger): Database {
  const rethrow = rethrowAbout(databaseAddress(url));
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'skyscan-api-gateway',
    max: 10,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 30_000,
    query_timeout: 12_000,
    keepAlive: true,
    // The pool waits for what it returns, which its types do not say.
    // eslint-disable-next-line @typescript-eslint/no-misused-promises
    onConnect: prepareBoundedConnection,
    types: {
      // bigint is parsed as text by default; the only one is a 32-bit counter.
      getTypeParser: (oid, format) =>
        oid === INT8 ? Number : (pg.types.getTypeParser(oid, format) as typeof Number),
    },
  });
  async function run<Row extends object>(
    on: pg.Pool | pg.PoolClient,
    sql: string,
    values?: unknown[],
  ): Promise<Row[]> {
    const result = await on.query<Row>(sql, values).catch(rethrow);
    return result.rows;
  }
  // The pending or next query rejects too.
  pool.on('connect', (client) => client.on('error', () => undefined));
  // The server closed an idle connection; the next query opens another one.
  pool.on('error', (error) => logger.debug({ err: error.message }, 'an idle database connection was lost'));
  return {
    query: (sql, values) => run(pool, sql, values),
    async transaction(work) {
      const client = await pool.connect().catch(rethrow);
      let broken = true;
      try {
        const tx: Queryable = { query: (sql, values) => run(client, sql, values) };
        await tx.query('begin');
        try {
          const result = await work(tx);
          await tx.query('commit');
          broken = false;
          return result;
        } catch (error) {
          await tx.query('rollback');
          broken = false;
          throw error;
        }
      } finally {
        client.release(broken);
      }
    },
    async copy(sql, decode) {
      const client = await pool.connect().catch(rethrow);
      let broken = true;
      try {
        const rows = await copyOut(client, sql, decode).catch(rethrow);
        broken = false;
        return rows;
      } finally {
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}

function rethrowAbout(address: string) {
  return (error: unknown): never => {
    if (!isOutage(error)) throw error;
    const { code } = error as { code?: unknown };
    if (code === READ_ONLY)
      throw new SkyScanError('unavailable', `The database at ${address} is read-only`, { cause: error });
    if (code === DISK_FULL)
      throw new SkyScanError('no_room', `The disk of the database at ${address} is full`, {
        cause: error,
      });
    const message = `Cannot connect to the database at ${address} (check that PostgreSQL runs there, and DATABASE_URL)`;
    throw new SkyScanError('unavailable', message, { cause: error });
  };
}

// SQLSTATE classes that are not caused by the statement: connection, resources, operator, system;
// lock or statement timeout; missing user, database or table.
const OUTAGE = /^(08|53|57|58|XX)|^(25006|55P03|40001|40P01|28000|28P01|3D000|42P01)$/;

function isOutage(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return OUTAGE.test(error.code ?? '');
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return true;
  return /connection|timeout|not queryable|closed|pool after/i.test(errorMessage(error));
}
