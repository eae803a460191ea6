import { expect, test } from 'vitest';
import type { Database, Queryable } from './queryable.ts';
import { gateUntilMigrated } from './migration-gate.ts';

const tx: Queryable = { query: () => Promise.resolve([]) };
const inner: Database = {
  ...tx,
  transaction: (work) => work(tx),
  copy: () => Promise.resolve([]),
  close: () => Promise.resolve(),
};

test('refuses queries until the schema is up to date', async () => {
  const db = gateUntilMigrated(inner);
  const all = () => [db.query('select 1'), db.transaction(() => Promise.resolve()), db.copy('', () => 1)];
  for (const pending of all())
    await expect(pending).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('being prepared') as string,
    });
  await db.ungated.query('select 1');
  db.open();
  for (const pending of all()) await pending;
});

test('an ungated query that fails is unavailable before the migration, and throws its own error afterwards', async () => {
  const query = () => Promise.reject(new Error('column "horizon" does not exist'));
  const db = gateUntilMigrated({ ...inner, query });
  await expect(db.ungated.query('select 1')).rejects.toMatchObject({ kind: 'unavailable' });
  db.open();
  await expect(db.ungated.query('select 1')).rejects.toThrow('does not exist');
});
