import { expect, test } from 'vitest';
import { databaseProblem, type DatabaseFacts } from './database-check.ts';

const GOOD: DatabaseFacts = {
  database: 'sky',
  role: 'scanner',
  schema: 'public',
  version: 150_004,
  encoding: 'UTF8',
  in_recovery: false,
  read_only: false,
  may_create: true,
  has_tables: false,
};

test.each<[Partial<DatabaseFacts>, RegExp | undefined]>([
  [{}, undefined],
  [{ may_create: false, has_tables: true }, undefined],
  [
    { may_create: false },
    /role scanner may not create tables in schema public .* grant create on schema public to scanner/,
  ],
  [{ may_create: false, schema: null }, /schema \(none\)/],
  [{ encoding: 'LATIN1' }, /encoding LATIN1; create it with: .* encoding 'UTF8'/],
  [{ version: 130_011 }, /PostgreSQL 13; use 14 or newer/],
  [{ in_recovery: true }, /standby .* primary/],
  [{ read_only: true }, /read-only for role scanner .* default_transaction_read_only = off/],
])('%j', (change, expected) => {
  const sentence = databaseProblem({ ...GOOD, ...change });
  if (expected) expect(sentence).toMatch(expected);
  else expect(sentence).toBeUndefined();
});
