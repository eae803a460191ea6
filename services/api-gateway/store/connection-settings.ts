import type pg from 'pg';

/**
 * What the code relies on, whatever server, database and role set. Sent as statements: PgBouncer
 * refuses most start-up parameters, and keeps those that it tracks (DateStyle, TimeZone) for each
 * client.
 */
const SETTINGS = `set datestyle = 'ISO, YMD';
  set intervalstyle = 'postgres';
  set timezone = 'UTC';
  set client_encoding = 'UTF8';
  set standard_conforming_strings = on;
  set bytea_output = 'hex';
  set extra_float_digits = 1;
  set default_transaction_isolation = 'read committed'`;

// Short queries on big tables: compiling them takes a hundred times as long as running them.
const BOUNDS = `;
  set jit = off;
  set statement_timeout = '10s';
  set lock_timeout = '5s';
  set idle_in_transaction_session_timeout = '10s'`;

/** For the pool of the API: a statement that hangs costs seconds. */
export async function prepareBoundedConnection(client: pg.ClientBase): Promise<void> {
  await client.query(SETTINGS + BOUNDS);
}

/** For migrations, which may take their time. */
export async function prepareConnection(client: pg.ClientBase): Promise<void> {
  await client.query(SETTINGS);
}
