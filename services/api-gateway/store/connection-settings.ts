import type pg from 'pg';

/**
 * Settings that the code relies on, whatever server, database and role have set. Sent as
 * statements, because PgBouncer refuses most start-up parameters and keeps tracked ones (DateStyle,
 * TimeZone) per client.
 */
const SETTINGS = `set datestyle = 'ISO, YMD';
  set intervalstyle = 'postgres';
  set timezone = 'UTC';
  set client_encoding = 'UTF8';
  set standard_conforming_strings = on;
  set bytea_output = 'hex';
  set extra_float_digits = 1;
  set default_transaction_isolation = 'read committed'`;

// JIT compilation would take a hundred times as long as these short queries.
const BOUNDS = `;
  set jit = off;
  set statement_timeout = '10s';
  set lock_timeout = '5s';
  set idle_in_transaction_session_timeout = '10s'`;

/** For the pool of the API: a hanging statement is aborted after seconds. */
export async function prepareBoundedConnection(client: pg.ClientBase): Promise<void> {
  await client.query(SETTINGS + BOUNDS);
}

/** For migrations, which may take long. */
export async function prepareConnection(client: pg.ClientBase): Promise<void> {
  await client.query(SETTINGS);
}
