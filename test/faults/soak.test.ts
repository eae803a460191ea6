import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAedes, type TestBroker } from '../support/gateway-broker.ts';
import { startInstantStack, type InstantStack } from '../support/instant-stack.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { growth, lineOf, soak } from './soak-run.ts';

// The short form of test/faults/soak.ts.

const SCANS = 12;
const POINTS = 50;
const WARM_AFTER = 4;

let database: TestDatabase;
let broker: TestBroker;
let stack: InstantStack;
beforeAll(async () => {
  [database, broker] = await Promise.all([createTestDatabase(), startAedes()]);
  stack = await startInstantStack(database.url, broker.url);
});
afterAll(async () => {
  await stack.close();
  await broker.close();
  await database.drop();
});

test(`${SCANS} scans do not leak memory, files or connections`, async () => {
  const [warm, last] = await soak({
    stack,
    databaseUrl: database.url,
    scans: SCANS,
    points: POINTS,
    marks: [WARM_AFTER],
    onMark: (figures) => process.stdout.write(`${lineOf(figures).join(', ')}\n`),
  });
  if (!warm || !last) throw new Error('no figures were taken');
  expect(growth(warm, last)).toEqual([]);
});
