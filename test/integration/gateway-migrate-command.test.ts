import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '#shared/runtime/free-port';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

// dist/services/api-gateway/migrate.js, which deploy/kubernetes/migrate.yaml runs.

const PROGRAM = fileURLToPath(new URL('../../dist/services/api-gateway/migrate.js', import.meta.url));
let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.drop());

test('the command creates the tables and exits; the next one finds nothing to do', async () => {
  for (const expected of [0, 0]) {
    const { code, messages } = await migrate({ DATABASE_URL: database.url });
    expect(messages).toEqual(['the database is migrated']);
    expect(code).toBe(expected);
  }
  await database.execute('select 1 from sessions, points, rotors, sites limit 1');
});

test('DATABASE_DIRECT_URL is used past a pooler', async () => {
  const pooler = `postgres://nobody@127.0.0.1:${await freePort()}/nothing`;
  const { code } = await migrate({ DATABASE_URL: pooler, DATABASE_DIRECT_URL: database.url });
  expect(code).toBe(0);
  await database.execute('select 1 from sessions limit 1');
});

test('a database that cannot be used ends the command with the reason', async () => {
  const url = new URL(database.url);
  const name = url.pathname.slice(1);
  await database.execute(`alter database ${name} set default_transaction_read_only = on`);
  const { code, messages } = await migrate({ DATABASE_URL: url.href });
  expect(messages).toEqual([expect.stringContaining(`database ${name} is read-only`)]);
  expect(code).toBe(1);
});

test('a missing DATABASE_URL is named', async () => {
  const { code, messages } = await migrate({});
  expect(messages).toEqual([expect.stringContaining('DATABASE_URL')]);
  expect(code).toBe(1);
});

/** Runs the command; resolves with its exit code and the messages of its log. */
function migrate(env: Record<string, string>): Promise<{ code: number; messages: string[] }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM], { env, timeout: 60_000 }, (error, out) => {
      const lines = out.split('\n').filter((line) => line !== '');
      const messages = lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
      resolve({ code: error ? Number(error.code ?? 1) : 0, messages });
    });
  });
}
