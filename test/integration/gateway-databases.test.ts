import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDebianPostgres, startPgBouncer, type Running } from '../support/debian-postgres.ts';
import { T0_MS } from '../support/gateway-points.ts';
import { createGatewayWorld, type GatewayWorld } from '../support/gateway-harness.ts';
import { startTestScan } from '../support/gateway-scan.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { createTestDatabase, execute, type TestDatabase } from '../support/postgres.ts';

let world: GatewayWorld;
let databases: TestDatabase[];

beforeAll(async () => {
  world = await createGatewayWorld();
  databases = [];
});

afterAll(async () => {
  await world.close();
  await Promise.all(databases.map((database) => database.drop()));
});

async function fresh(): Promise<string> {
  const database = await createTestDatabase();
  databases.push(database);
  return database.url;
}

/** The URL for another role or database on the same server. */
function other(url: string, change: { database?: string; role?: string }): string {
  const target = new URL(url);
  if (change.database) target.pathname = change.database;
  if (change.role) [target.username, target.password] = [change.role, 'secret'];
  return target.href;
}

const nameOf = (url: string) => new URL(url).pathname.slice(1);

/** Runs a whole scan through a gateway on this database and checks the API. */
async function scanOn(url: string): Promise<void> {
  // A separate world: the first session of every database has the same id.
  const around = await createGatewayWorld({ DATABASE_URL: url });
  const { gateway } = around;
  try {
    const scan = await startTestScan(around);
    await scan.setStatus('running');
    await scan.measure(3);
    await scan.untilStored(3);
    await scan.untilStatus('running');
    const session = (await gateway.get(`/api/skyscan/${scan.id}`)).body as Record<string, string>;
    expect(session['started_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    const rows = (await gateway.get(`/api/skyscan/${scan.id}/measurements`)).body as Record<
      string,
      unknown
    >[];
    expect(rows).toHaveLength(3);
    expect(rows.map((row) => Date.parse(`${String(row['measured_at'])}Z`.replace('ZZ', 'Z')))).toEqual(
      [1, 2, 3].map((seq) => T0_MS + seq * 7_000 + 123),
    );
    const rotor = (await gateway.get(`/api/rotors/${scan.rotorId}`)).body as Record<string, string>;
    expect(rotor['created_at']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  } finally {
    await around.close();
  }
}

describe('a database with unusual settings', () => {
  test('works: dates, time zone, digits, bytes, isolation', async () => {
    const url = await fresh();
    const name = nameOf(url);
    await execute(
      url,
      `alter database ${name} set datestyle = 'German, DMY'`,
      `alter database ${name} set timezone = 'Asia/Kathmandu'`,
      `alter database ${name} set intervalstyle = 'iso_8601'`,
      `alter database ${name} set extra_float_digits = -10`,
      `alter database ${name} set bytea_output = 'escape'`,
      `alter database ${name} set standard_conforming_strings = off`,
      `alter database ${name} set default_transaction_isolation = 'serializable'`,
    );
    await scanOn(url);
  });
});

describe('the start is refused with a remedy', () => {
  test('with a database that is not UTF8', async () => {
    const url = await fresh();
    const latin = `${nameOf(url)}_latin`;
    await execute(
      url,
      `create database ${latin} encoding 'LATIN1' template template0 lc_collate 'C' lc_ctype 'C'`,
    );
    try {
      const start = world.startGateway({
        DATABASE_URL: other(url, { database: latin }),
        GATEWAY_ID: 'latin',
      });
      await expect(start).rejects.toThrow(`database ${latin} has encoding LATIN1; create it with`);
    } finally {
      await execute(url, `drop database ${latin} with (force)`);
    }
  });

  test('with a role that may not create tables or that may only read', async () => {
    const url = await fresh();
    const role = `role_${nameOf(url)}`;
    await execute(
      url,
      `create role ${role} login password 'secret'`,
      `grant all on database ${nameOf(url)} to ${role}`,
    );
    const start = () => world.startGateway({ DATABASE_URL: other(url, { role }), GATEWAY_ID: 'guest' });
    try {
      await expect(start()).rejects.toThrow(`grant create on schema public to ${role}`);
      await execute(url, `grant create on schema public to ${role}`);
      await execute(url, `alter role ${role} set default_transaction_read_only = on`);
      await expect(start()).rejects.toThrow('set default_transaction_read_only = off');
      await execute(url, `alter role ${role} reset default_transaction_read_only`);
      await (await start()).close();
    } finally {
      await execute(url, `drop owned by ${role}`, `drop role ${role}`);
    }
  });
});

test('health and every response name the problem of an unusable database', async () => {
  const missing = other(await fresh(), { database: 'not_there' });
  const gateway = await world.startGateway({ DATABASE_URL: missing, GATEWAY_ID: 'missing' });
  try {
    expect((await gateway.get('/health')).body).toMatchObject({
      status: 'degraded',
      dependencies: { database: expect.stringMatching(/"not_there" does not exist; create it/) as string },
    });
    const { status, body } = await gateway.get('/api/skyscan/sessions');
    expect(status).toBe(503);
    expect(body).toEqual({ detail: expect.stringContaining('does not exist; create it') as string });
  } finally {
    await gateway.close();
  }
});

test('migrations use DATABASE_DIRECT_URL', async () => {
  const direct = await fresh();
  const gateway = await world.startGateway({
    DATABASE_URL: other(direct, { database: 'not_there' }),
    DATABASE_DIRECT_URL: direct,
    GATEWAY_ID: 'direct',
  });
  try {
    await execute(direct, 'select 1 from site_claims');
    expect((await gateway.get('/ready')).status).toBe(503);
  } finally {
    await gateway.close();
  }
});

describeWithPrograms(['pgbouncer'], 'behind the real PgBouncer', () => {
  test.each(['session', 'transaction'] as const)('a scan is recorded in pool mode %s', async (mode) => {
    const url = await fresh();
    await execute(url, `alter database ${nameOf(url)} set datestyle = 'German, DMY'`);
    const bouncer = await startPgBouncer(url, mode);
    try {
      await scanOn(bouncer.url);
    } finally {
      await bouncer.close();
    }
  });
});

describeWithPrograms(['pg_ctlcluster'], 'the PostgreSQL 15 of Debian', () => {
  let server: Running;
  beforeAll(async () => {
    server = await startDebianPostgres();
  });
  afterAll(() => server.close());

  test('records a scan', async () => {
    await scanOn(server.url);
  });
});
