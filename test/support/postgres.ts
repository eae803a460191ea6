import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

export interface TestDatabase {
  /** `postgres://...` of an empty database of this caller's own. */
  url: string;
  /** Removes it, whoever is still connected. */
  drop(): Promise<void>;
}

/**
 * A fresh, empty database (some 50 ms) on the embedded PostgreSQL that the whole test run shares; the first caller of a run
 * waits about a second for the server. Works as root. Call `drop` when done.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const answer = await fetch(inject('postgresDoor'));
  const serverUrl = await answer.text();
  if (!answer.ok) throw new Error(`no PostgreSQL for the tests: ${serverUrl}`);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await execute(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = name;
  return { url: url.href, drop: () => execute(serverUrl, `drop database if exists ${name} with (force)`) };
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
