import type pg from 'pg';

/** The properties that decide whether a database can be used. */
export interface DatabaseFacts {
  database: string;
  role: string;
  /** Schema for new tables; null if the search path has no existing schema. */
  schema: string | null;
  /** As `server_version_num`: 150004. */
  version: number;
  encoding: string;
  /** A standby, which may be promoted later. */
  in_recovery: boolean;
  read_only: boolean;
  may_create: boolean;
  /** Whether Sky Scan's tables exist. */
  has_tables: boolean;
}

const MIN_VERSION = 14;

export async function readFacts(client: pg.ClientBase): Promise<DatabaseFacts> {
  const { rows } = await client.query<DatabaseFacts>(
    `select current_database() as database, current_user as role, current_schema() as schema,
       current_setting('server_version_num')::int as version, pg_encoding_to_char(encoding) as encoding,
       pg_is_in_recovery() as in_recovery, current_setting('transaction_read_only') = 'on' as read_only,
       coalesce(has_schema_privilege(current_schema(), 'create'), false) as may_create,
       to_regclass('migrations') is not null as has_tables
     from pg_database where datname = current_database()`,
  );
  return rows[0] as DatabaseFacts;
}

/** Why Sky Scan cannot use the database, with the remedy; undefined if it can. */
export function databaseProblem(facts: DatabaseFacts): string | undefined {
  const { database, role, schema, version, encoding } = facts;
  if (Math.floor(version / 10_000) < MIN_VERSION)
    return `the database server is PostgreSQL ${Math.floor(version / 10_000)}; use ${MIN_VERSION} or newer`;
  if (encoding !== 'UTF8')
    return `database ${database} has encoding ${encoding}; create it with: create database ${database} encoding 'UTF8' template template0`;
  if (facts.in_recovery)
    return `database ${database} is on a standby server, which is read-only; point DATABASE_URL at the primary`;
  if (facts.read_only)
    return `database ${database} is read-only for role ${role} (default_transaction_read_only); run: alter role ${role} set default_transaction_read_only = off`;
  if (!facts.may_create && !facts.has_tables)
    return (
      `role ${role} may not create tables in schema ${schema ?? '(none)'} of database ${database}; ` +
      `run as its owner: grant create on schema ${schema ?? 'public'} to ${role}`
    );
  return undefined;
}
