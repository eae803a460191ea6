import pg from 'pg';
import { SkyScanError, errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { copyOut } from './copy-out.ts';
import { prepareBoundedConnection } from './connection-settings.ts';

/**
 * Runs SQL. Throws `unavailable` when the database cannot be reached or does not answer in time,
 * `no_room` when it is full.
 */
export interface Queryable {
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
}

export interface Database extends Queryable {
  /** One transaction on one connection; rolled back when the work throws. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /**
   * `copy (...) to stdout (format binary)` on a connection that is given back with the last row.
   * See `copyOut`.
   */
  copy<Row>(sql: string, decode: (bytes: Buffer) => Row): Promise<Row[]>;
  close(): Promise<void>;
}

const INT8 = pg.types.builtins.INT8;
const DISK_FULL = '53100';

/** A bounded pool: a database that hangs costs ten connections and some seconds, never more. */
export function createDatabase(url: string, logger: Logger): Database {
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
      // bigint arrives as text by default; the only one is a 32 bit counter.
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
  // A connection that breaks while it is in use reports it twice: the pending query rejects too, or
  // the next one.
  pool.on('connect', (client) => client.on('error', () => undefined));
  // An idle connection that the server closes: the next query opens another one.
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

/** Whether a unique constraint refused the row. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '23505';
}

/** Where it is, as in `127.0.0.1:5432`. */
export function databaseAddress(url: string): string {
  const { host, port } = new pg.Client({ connectionString: url });
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function rethrowAbout(address: string) {
  return (error: unknown): never => {
    if (!isOutage(error)) throw error;
    if ((error as { code?: unknown }).code === DISK_FULL)
      throw new SkyScanError('no_room', `The database at ${address} has no room left on its disk`, {
        cause: error,
      });
    const message = `Cannot connect to the database at ${address} (check that PostgreSQL runs there, and DATABASE_URL)`;
    throw new SkyScanError('unavailable', message, { cause: error });
  };
}

// Classes of SQLSTATE that say nothing about the statement: connection, resources, operator,
// system; a lock or a statement that took too long; no such user, database or table.
const OUTAGE = /^(08|53|57|58|XX)|^(55P03|40001|40P01|28000|28P01|3D000|42P01)$/;

function isOutage(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return OUTAGE.test(error.code ?? '');
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return true;
  return /connection|timeout|not queryable|closed|pool after/i.test(errorMessage(error));
}
