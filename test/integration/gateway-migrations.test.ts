import { GridKind } from '#proto/scan_spec';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import { Client } from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STORED_COLUMNS, type PointColumn } from '#contract/point-columns';
import { migrateWhenReachable } from '../../services/api-gateway/store/migrate.ts';
import { createGatewayWorld, type Gateway, type GatewayWorld } from '../support/gateway-harness.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { until } from '../support/until.ts';

// A database of the first release with data, opened by the current gateway.

const MIGRATIONS = fileURLToPath(new URL('../../services/api-gateway/store/migrations', import.meta.url));

const ROTOR = {
  name: 'old',
  rotor_type: 'azel',
  host: '127.0.0.1',
  port: 4533,
  min_elevation: 5,
  max_elevation: 90,
  az_min: -180,
  az_max: 450,
  park_az: 0,
  park_el: 0,
  park_after_scan: false,
  tolerance_deg: 1,
  settle_ms: 200,
  az_speed_deg_s: 6,
  el_speed_deg_s: 3,
  az_acceleration_deg_s2: 20,
  el_acceleration_deg_s2: 9,
  site: 'default',
  rssi_source: 'sdr',
  center_frequency_hz: 1_420_000_000,
  bandwidth_hz: 2_000_000,
  gain_db: 29.7,
  read_ms: 10,
  dbm_offset_db: -60,
  receiver: 'default',
  frequency_correction_ppm: 0,
  bias_tee: false,
};

let world: GatewayWorld;
let database: TestDatabase;
let gateway: Gateway;

beforeAll(async () => {
  world = await createGatewayWorld();
  database = await createTestDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await runner({
    dbClient: client,
    dir: MIGRATIONS,
    ignorePattern: '(?!.*\\.sql$).*',
    direction: 'up',
    count: 1,
    migrationsTable: 'migrations',
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const names = Object.keys(ROTOR);
  const places = names.map((_, index) => `$${index + 1}`);
  await client.query(`insert into rotors (${names.join()}) values (${places.join()})`, Object.values(ROTOR));
  await client.query(
    `insert into sessions (rotor_id, rotor, az_start, az_end, el_start, el_end, step_deg, rssi_iterations, grid_rows, grid_columns,
       total_points, completed_points, status, revision, handed_over_at)
     values (1, $1, 0, 1, 10, 10, 1, 1, 1, 2, 2, 2, 'completed', 3, now()), (1, $1, 0, 1, 10, 10, 1, 1, 1, 2, 2, 1, 'paused', 2, now())`,
    [JSON.stringify({ id: 1, ...ROTOR, created_at: '2026-02-14T02:00:00Z' })],
  );
  await client.query(
    `insert into points select s, n, n - 1, 0, n - 1, n - 1, 10, n - 1, 10, -90, 0, -90, -90, -90, 1, 10, '{}', '2026-02-14T02:00:15Z'
     from (values (1, 1), (1, 2), (2, 1)) as p (s, n)`,
  );
  await client.end();
  gateway = await world.startGateway({ DATABASE_URL: database.url, GATEWAY_ID: 'gateway-of-today' });
});

afterAll(async () => {
  await gateway.close();
  await world.close();
  await database.drop();
});

test('the table of point columns has the types of the migrated database', async () => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ name: string; type: string; nullable: boolean }>(
    `select attname as name, format_type(atttypid, atttypmod) as type, not attnotnull as nullable
     from pg_attribute where attrelid = 'points'::regclass and attnum > 0 and not attisdropped`,
  );
  await client.end();
  const inDatabase = rows.filter(({ name }) => name !== 'session_id' && name !== 'cell');
  const inTable = STORED_COLUMNS.flatMap(({ sql, nullable }: PointColumn) =>
    Object.entries(sql).map(([name, type]) => ({ name, type, nullable: nullable === true })),
  );
  const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
  expect(inTable.sort(byName)).toEqual(inDatabase.sort(byName));
});

test('a database that another version has changed is reported as such', async () => {
  const other = await createTestDatabase();
  const client = new Client({ connectionString: other.url });
  await client.connect();
  const settings = { dir: MIGRATIONS, ignorePattern: '(?!.*\\.sql$).*', migrationsTable: 'migrations' };
  await runner({ dbClient: client, direction: 'up', ...settings, logger: pino({ level: 'silent' }) });
  await client.query('delete from migrations where id = (select max(id) - 1 from migrations)');
  await client.end();
  const [ended, reasons] = [new AbortController(), [] as string[]];
  const onWaiting = (reason: string) => {
    reasons.push(reason);
    ended.abort();
  };
  const silent = pino({ level: 'silent' });
  const events = { onWaiting, mayRefuse: () => false };
  await expect(migrateWhenReachable([other.url], silent, ended.signal, events)).rejects.toThrow();
  expect(reasons[0]).toMatch(
    /^another version of Sky Scan has changed the database at .+: Not run migration /,
  );
  await other.drop();
});

test('old rotors have no mask, no sectors and no beam width', async () => {
  expect((await gateway.get('/api/rotors/1')).body).toMatchObject({
    ...ROTOR,
    ...{ horizon: [], keep_out: [], beam_width_deg: null },
  });
});

test('old points have no reference and get a unit', async () => {
  const { body } = await gateway.get('/api/skyscan/1/measurements');
  expect(body).toMatchObject([
    { seq: 1, mean_dbm: -90, reference: null, median_dbm: null, unit: 'dBm' },
    { seq: 2, mean_dbm: -90, reference: null, median_dbm: null, unit: 'dBm' },
  ]);
  expect((await gateway.get('/api/skyscan/1/measurements?corrected=true')).status).toBe(409);
});

test('an old session continues with its rotor and without a reference', async () => {
  const { sessions } = world.orchestrator;
  await until('it is handed over again', () => sessions.has(2));
  const { start } = sessions.get(2) ?? {};
  expect(start?.stored?.completedPoints).toBe(1);
  expect(start?.spec?.reference).toBeUndefined();
  expect(start?.spec?.grid).toBe(GridKind.GRID_KIND_RECTANGULAR);
  expect((await gateway.get('/api/skyscan/2/plan')).body).toMatchObject({
    grid: 'rectangular',
    columns_in_row: [2],
  });
  expect(start?.rotor).toMatchObject({ horizon: [], keepOut: [], receiver: { dbmOffsetDb: -60 } });
});

test('receivers have no calibrations', async () => {
  expect((await gateway.get('/api/receivers/default/calibrations')).body).toEqual([]);
});
