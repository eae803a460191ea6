import { afterAll, beforeAll, expect, test } from 'vitest';
import pino from 'pino';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { createTestDatabase, execute, type TestDatabase } from '../support/postgres.ts';

// A lost connection must only fail its query; otherwise the process would exit, which Vitest
// reports as an unhandled error.

let postgres: TestDatabase;
let database: Database;

beforeAll(async () => {
  postgres = await createTestDatabase();
  database = createDatabase([postgres.url], pino({ level: 'silent' }));
});

afterAll(async () => {
  await database.close();
  await postgres.drop();
});

test('a connection lost inside a transaction fails only the transaction', async () => {
  const lost = database.transaction(async (tx) => {
    const [own] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
    await execute(postgres.url, `select pg_terminate_backend(${String(own?.pid)}, 10000)`);
    return tx.query('select 1');
  });
  await expect(lost).rejects.toMatchObject({ kind: 'unavailable' });
  expect(await database.query<{ one: number }>('select 1 as one')).toEqual([{ one: 1 }]);
});

test('a connection lost during a copy fails only the copy', async () => {
  const lost = database.copy(
    'copy (select pg_terminate_backend(pg_backend_pid()), pg_sleep(10)) to stdout (format binary)',
    (bytes) => bytes.length,
  );
  await expect(lost).rejects.toMatchObject({ kind: 'unavailable' });
  expect(await database.query<{ one: number }>('select 1 as one')).toEqual([{ one: 1 }]);
});
