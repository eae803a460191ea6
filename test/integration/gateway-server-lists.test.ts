import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectBroker } from '#shared/runtime/mqtt-client';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import { listenTo } from '../../services/api-gateway/store/listen.ts';
import { findPrimary } from '../../services/api-gateway/store/find-primary.ts';
import { startAedes } from '../support/gateway-broker.ts';
import { createTestDatabase, execute, type TestDatabase } from '../support/postgres.ts';
import { until } from '../support/until.ts';

const CLOSED = 'postgres://127.0.0.1:1/none';
const logger = pino({ level: 'silent' });

/** A database that becomes a standby as seen by its clients. */
async function demote(database: TestDatabase): Promise<void> {
  const name = new URL(database.url).pathname.slice(1);
  await execute(database.url, `alter database "${name}" set default_transaction_read_only = on`);
  await execute(
    database.url,
    `select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`,
  );
}

describe('of several database servers', () => {
  let one: TestDatabase;
  let two: TestDatabase;
  beforeAll(async () => {
    [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    for (const [name, { url }] of Object.entries({ one, two }))
      await execute(url, `create table here as select '${name}' as name`);
  });
  afterAll(() => Promise.all([one.drop(), two.drop()]));

  test('the primary is used, and after its demotion the new one', async () => {
    const database = createDatabase([CLOSED, one.url, two.url], logger);
    const names = () =>
      database.query<{ name: string }>(`insert into here select name from here limit 1 returning name`);
    // The first that answers: both are writable.
    const [before] = await names();
    const [old, other] = before?.name === 'one' ? [one, two] : [two, one];
    await demote(old);
    await expect(names()).rejects.toMatchObject({ kind: 'unavailable' });
    expect((await names())[0]?.name).toBe(before?.name === 'one' ? 'two' : 'one');
    expect(await findPrimary([CLOSED, old.url])).toBeUndefined();
    expect(await findPrimary([old.url, other.url])).toBe(other.url);
    await database.close();
  });
});

test('of several brokers the next one is used when one is lost', async () => {
  const [one, two] = await Promise.all([startAedes(), startAedes()]);
  const client = connectBroker({ MQTT_URL: [one.url, two.url].join(), MQTT_BASE_TOPIC: 'skyscan' }, {});
  const port = () => String(client.options.port);
  await until('the first broker', () => client.connected);
  expect(port()).toBe(new URL(one.url).port);
  await one.close();
  await until('the second broker', () => client.connected && port() === new URL(two.url).port);
  await client.endAsync(true);
  await two.close();
});

test('notifications arrive, also after a lost connection, and none after the end', async () => {
  const database = await createTestDatabase();
  let notified = 0;
  const close = listenTo([database.url], ['tests', 'others'], () => notified++);
  await until('the first connection', () => notified === 1);
  await database.execute('notify tests');
  await until('the notification', () => notified === 2);
  await database.execute(
    `select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = 'skyscan-api-gateway-listen' and datname = current_database()`,
  );
  await until('the second connection', () => notified === 3);
  await database.execute('notify others');
  await until('the notification', () => notified === 4);
  await close();
  await database.execute('notify tests');
  expect(notified).toBe(4);
  await database.drop();
});
