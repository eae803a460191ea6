import { randomBytes } from 'node:crypto';
import { cpSync, existsSync } from 'node:fs';
import { Client } from 'pg';
import { inject } from 'vitest';

export interface TestDatabase {
  /** `postgres://...` of the caller's own empty database. */
  url: string;
  /** Changes the database directly. */
  execute(sql: string): Promise<void>;
  /** Drops it, even if clients are still connected. */
  drop(): Promise<void>;
}

/**
 * Creates an empty database (about 50 ms) on the embedded PostgreSQL of the test run; the first
 * caller waits about a second for the server. Works as root. Call `drop` when done.
 */
export function createTestDatabase(): Promise<TestDatabase> {
  return createFrom('template1');
}

/** The same with the tables of the gateway, for tests that are not about its migrations. */
export async function createMigratedDatabase(): Promise<TestDatabase> {
  return createFrom(await askPostgresServer('/migrated'));
}

async function createFrom(template: string): Promise<TestDatabase> {
  const serverUrl = await askPostgresServer('/');
  const name = `test_${randomBytes(6).toString('hex')}`;
  // By default PostgreSQL writes every page to its log, which takes five times as long.
  await execute(serverUrl, `create database ${name} template ${template} strategy file_copy`);
  const url = new URL(serverUrl);
  url.pathname = name;
  return {
    url: url.href,
    execute: (sql) => execute(url.href, sql),
    drop: () => execute(serverUrl, `drop database if exists ${name} with (force)`),
  };
}

/**
 * Copies the files of an unused PostgreSQL cluster to `folder` if it is empty: a copy takes a tenth
 * of the time of `initdb`. Outside of a test run it does nothing, and the start of PostgreSQL
 * creates them.
 */
export async function copyPostgresFiles(folder: string): Promise<void> {
  if (process.env['VITEST'] === undefined || existsSync(folder)) return;
  cpSync(await askPostgresServer('/files'), folder, { recursive: true, verbatimSymlinks: true });
}

async function askPostgresServer(path: '/' | '/migrated' | '/files'): Promise<string> {
  const answer = await fetch(new URL(path, inject('postgresServerUrl')));
  const text = await answer.text();
  if (!answer.ok) throw new Error(`no PostgreSQL for the tests: ${text}`);
  return text;
}

/** Runs statements one after the other, each in its own transaction. */
export async function execute(url: string, ...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const sql of statements) await client.query(sql);
  } finally {
    await client.end();
  }
}
