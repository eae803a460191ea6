import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PublishedRun, PublishedSchedule } from '#contract/rest/schedules';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { runSkyscan } from '../support/cli.ts';
import { addRotor, startTestScan, type TestScan } from '../support/gateway-scan.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// Schedules through the API of a gateway.

const SCAN = { az_start: 0, az_end: 9, el_start: 10, el_end: 10, step_deg: 1, rssi_iterations: 1 };
const world = useGatewayWorld();
let rotorId: number;
let db: Database;

beforeAll(async () => {
  rotorId = await addRotor(world);
  db = createDatabase([world.database.url], pino({ level: 'silent' }));
});
afterEach(async () => {
  await db.query('delete from schedules');
  await db.query(`update sessions set status = 'cancelled' where status in ('pending', 'running', 'paused')`);
});
afterAll(() => db.close());

function bodyOf(change: object = {}) {
  const trigger = { kind: 'cron', expression: '0 3 * * *' };
  return {
    name: 'Night',
    trigger,
    time_zone: 'Europe/Berlin',
    scan: { rotor_id: rotorId, ...SCAN },
    ...change,
  };
}

async function create(change: object = {}): Promise<PublishedSchedule> {
  const { status, body } = await world.gateway.post('/api/schedules', bodyOf(change));
  expect(status).toBe(201);
  return body as PublishedSchedule;
}

const runsOf = async (id: number) =>
  (await world.gateway.get(`/api/schedules/${id}/runs`)).body as PublishedRun[];

describe('the API', () => {
  test('a schedule is created, listed, replaced, paused, resumed and deleted', async () => {
    const created = await create();
    expect(created).toMatchObject({
      name: 'Night',
      overlap: 'skip',
      catch_up: 'none',
      quiet_hours: null,
      is_paused: false,
      last_run: null,
      scan: { rotor_id: rotorId, step_deg: 1, scan_mode: 'step' },
    });
    const path = `/api/schedules/${created.id}`;
    const { body: upcoming } = await world.gateway.get(`${path}/upcoming?count=400`);
    const times = upcoming as string[];
    expect(times).toHaveLength(400);
    expect(times[0]).toBe(created.next_run_at);
    const local = new Set(
      times.map((at) => new Date(at).toLocaleTimeString('de', { timeZone: 'Europe/Berlin' })),
    );
    expect([...local]).toEqual(['03:00:00']);
    expect((await world.gateway.get('/api/schedules')).body).toEqual([created]);

    const changed = await world.gateway.request(path, { method: 'PUT', body: bodyOf({ name: 'Dawn' }) });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Dawn', id: created.id } });
    expect(await world.gateway.post(`${path}/pause`)).toMatchObject({
      status: 200,
      body: { is_paused: true, next_run_at: null },
    });
    expect((await world.gateway.get(`${path}/upcoming`)).body).toEqual([]);
    expect(await world.gateway.post(`${path}/resume`)).toMatchObject({
      body: { is_paused: false, next_run_at: created.next_run_at },
    });
    expect((await world.gateway.request(path, { method: 'DELETE' })).status).toBe(204);
    for (const method of ['GET', 'DELETE'])
      expect(await world.gateway.request(path, { method })).toMatchObject({
        status: 404,
        body: { detail: 'Schedule not found' },
      });
  });

  test.each([
    [{ trigger: { kind: 'cron', expression: '0 0 30 2 *' } }, ['trigger'], 'Never fires after now'],
    [
      { trigger: { kind: 'cron', expression: '61 * * * *' } },
      ['trigger'],
      /^Not a cron expression of five fields: .*61/,
    ],
    [{ trigger: { kind: 'once', at: '2020-01-01T00:00:00Z' } }, ['trigger'], 'Never fires after now'],
    [
      { trigger: { kind: 'sunrise' } },
      ['trigger'],
      'The site has no place: set its latitude and longitude first',
    ],
    [{ trigger: { kind: 'fullmoon' } }, ['trigger', 'kind'], /^Must have a kind: cron, /],
    [{ trigger: { kind: 'interval', hours: 0 } }, ['trigger', 'hours'], 'Must be in 0.1..8784 h'],
    [{ time_zone: 'Mars/Olympus' }, ['time_zone'], /^There is no time zone "Mars\/Olympus"/],
    [
      { ends_at: '2021-01-01T00:00:00Z' },
      ['ends_at'],
      /^Must not be before the first run, which is due at 20/,
    ],
    [{ quiet_hours: { from: '22:00', to: '22:00' } }, ['quiet_hours', 'to'], 'Must differ from `from`'],
    [{ quiet_hours: { from: '24:00', to: '6' } }, ['quiet_hours', 'from'], 'Must be a time such as 22:00'],
    [
      { quiet_hours: { from: '22:00', to: '06:00' } },
      ['quiet_hours'],
      'All of the next 50 runs would be in quiet hours',
    ],
    [{ name: '' }, ['name'], 'Must not be empty'],
  ] as const)('%j is refused', async (change, path, message) => {
    const { status, body } = await world.gateway.post('/api/schedules', bodyOf(change));
    expect(status).toBe(422);
    expect((body as { detail: object[] }).detail[0]).toMatchObject({
      loc: ['body', ...path],
      msg: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
    });
    expect(await db.query('select 1 from schedules')).toEqual([]);
  });

  test('a scan that start refuses is refused with the same message', async () => {
    for (const scan of [
      { ...SCAN, rotor_id: 999 },
      { ...SCAN, rotor_id: rotorId, step_deg: 0 },
      { ...SCAN, rotor_id: rotorId, el_start: 20 },
    ]) {
      const start = await world.gateway.post('/api/skyscan/start', scan);
      const scheduled = await world.gateway.post('/api/schedules', bodyOf({ scan }));
      expect(scheduled.status).toBe(start.status);
      const messages = (answer: unknown) => {
        const { detail } = answer as { detail: string | { msg: string }[] };
        return typeof detail === 'string' ? detail : detail.map(({ msg }) => msg);
      };
      expect(messages(scheduled.body)).toEqual(messages(start.body));
    }
    expect(await db.query('select 1 from schedules')).toEqual([]);
  });

  test('run now starts one scan, with two gateways; it is linked to its run', async () => {
    const other = await world.startGateway();
    try {
      const { id } = await create();
      const answer = await other.post(`/api/schedules/${id}/run`);
      expect(answer).toMatchObject({ status: 202, body: { status: 'waiting' } });
      const run = await until('the run has started', async () => {
        const [first] = await runsOf(id);
        return first?.status === 'started' && first;
      });
      expect((await world.gateway.get(`/api/skyscan/${run.session_id}`)).body).toMatchObject({
        rotor_id: rotorId,
        total_points: 10,
        notes: expect.stringMatching(/^Night/) as string,
      });
      expect(await runsOf(id)).toHaveLength(1);
      expect((await world.gateway.get(`/api/schedules/${id}`)).body).toMatchObject({ last_run: run });
    } finally {
      await other.close();
    }
  });

  test('the next sunset follows the place of the site', async () => {
    const place = (longitude_deg: number | null) =>
      world.gateway.request('/api/sites/1', {
        method: 'PUT',
        body: { latitude_deg: longitude_deg === null ? null : 0, longitude_deg },
      });
    expect((await place(0)).status).toBe(200);
    const { id, next_run_at } = await create({ trigger: { kind: 'sunset' } });
    expect((await place(90)).status).toBe(200);
    const moved = await until('another next run', async () => {
      const { body } = await world.gateway.get(`/api/schedules/${id}`);
      const { next_run_at: now } = body as PublishedSchedule;
      return now !== next_run_at && now;
    });
    // At the equator the Sun sets 6 h earlier 90 degrees further east.
    const hours = (Date.parse(next_run_at ?? '') - Date.parse(moved)) / 3_600_000;
    expect((hours + 24) % 24).toBeCloseTo(6, 1);
    await place(null);
  });

  test('the command line', async () => {
    const skyscan = (...args: string[]) => runSkyscan(args, { env: { SKYSCAN_URL: world.gateway.url } });
    const folder = await mkdtemp(join(tmpdir(), 'schedules-'));
    try {
      const file = join(folder, 'night.json');
      await writeFile(file, JSON.stringify(bodyOf()));
      const added = await skyscan('schedules', 'add', file);
      expect(added.out).toMatch(/^Schedule \d+ is due next at 20.*Z\.\n$/);
      const id = /\d+/.exec(added.out)?.[0] ?? '';
      expect((await skyscan('schedules', 'pause', id)).code).toBe(0);
      const listed = await skyscan('schedules', 'list');
      expect(listed.out.split('\n')[1]).toMatch(
        /^\d+ +Night +every day at 03:00 +Europe\/Berlin +\d+ +paused +- +-$/,
      );
      expect((await skyscan('schedules', 'next', id)).out).toBe('none\n');
      expect((await skyscan('schedules', 'resume', id)).code).toBe(0);
      expect((await skyscan('schedules', 'next', id)).out.trim().split('\n')).toHaveLength(10);
      expect((await skyscan('schedules', 'run', id)).code).toBe(0);
      await until('the history has the run', async () =>
        /started: scan \d+/.test((await skyscan('schedules', 'history', id)).out),
      );
      expect((await skyscan('schedules', 'remove', id)).out).toBe(`Schedule ${id} deleted.\n`);
      expect(await skyscan('schedules', 'history', id)).toMatchObject({
        code: 1,
        err: expect.stringContaining('Schedule not found') as string,
      });
      expect((await skyscan('schedules', 'add', join(folder, 'none'))).code).toBe(2);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('a time that comes starts the scan', async () => {
    const { id } = await create({
      trigger: { kind: 'once', at: new Date(Date.now() + 1_500).toISOString() },
    });
    await until('the run has started', async () => (await runsOf(id))[0]?.status === 'started');
    expect((await world.gateway.get(`/api/schedules/${id}`)).body).toMatchObject({ next_run_at: null });
  });

  describe('when the rotor has a scan', () => {
    let scan: TestScan;
    test('a run is skipped, or waits for its end', async () => {
      scan = await startTestScan(world, undefined, rotorId);
      const at = new Date(Date.now() + 1_500).toISOString();
      const skipping = await create({ trigger: { kind: 'once', at } });
      const queueing = await create({ trigger: { kind: 'once', at }, overlap: 'queue' });
      await until('one run is skipped', async () => (await runsOf(skipping.id))[0]?.status === 'skipped');
      expect(await runsOf(skipping.id)).toMatchObject([
        { problem: 'the rotor has a scan', session_id: null },
      ]);
      await until('the other one waits', async () => (await runsOf(queueing.id))[0]?.problem !== null);
      expect(await runsOf(queueing.id)).toMatchObject([
        { status: 'waiting', problem: 'the rotor has a scan' },
      ]);
      expect(await world.gateway.post(`/api/skyscan/${scan.id}/cancel`)).toMatchObject({ status: 200 });
      await scan.setStatus('cancelled');
      await until('the other one starts', async () => (await runsOf(queueing.id))[0]?.status === 'started');
    });
  });
});
