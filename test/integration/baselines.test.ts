import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Anomaly } from '#contract/rest/anomalies';
import { ROUTES } from '#contract/rest/routes';
import { freePort } from '#shared/runtime/free-port';
import { separationDeg } from '#shared/sky/pointing';
import { baselineCalls, CELLS, createBaselineSky, type BaselineSky } from '../support/baseline-sky.ts';
import { startFakeAnalyst, type FakeAnalyst } from '../support/fake-analyst.ts';
import type { Gateway } from '../support/gateway-harness.ts';
import { startTestScan } from '../support/gateway-scan.ts';
import { sourceAt, addSources } from '../support/stored-sources.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// Baselines of stored sessions: what enters them, and what differs from them. The arithmetic is
// that of a simple service.

const NEW = { azimuthDeg: 110, elevationDeg: 30, amplitude: 0.5 };
const world = useGatewayWorld();
let sky: BaselineSky;
let analyst: FakeAnalyst;
let analystPort: number;
const gateways: Gateway[] = [];
const { ask, anomalies, baseline, comparison, create, look, members, refusal, settled } = baselineCalls(
  () => gateways[0] as Gateway,
);

beforeAll(async () => {
  const { rotorId } = await startTestScan(world);
  sky = await createBaselineSky(world, rotorId);
  analystPort = await freePort();
  // Two gateways: each comparison is done by one of them.
  for (let k = 0; k < 2; k++)
    gateways.push(
      await world.startGateway({
        SKY_ANALYST_ADDRESS: `127.0.0.1:${analystPort}`,
        SEARCH_SESSIONS: 'on_request',
      }),
    );
});
afterAll(async () => {
  for (const gateway of gateways) await gateway.close();
  await analyst.close();
  await sky.close();
});

describe('a baseline of a schedule', () => {
  let id: number;
  let first: number;
  let withNew: number;

  test('waits for sky-analyst, and then has the sessions of the schedule', async () => {
    first = await sky.scan(0);
    for (const day of [1, 2]) await sky.scan(day);
    id = await create({ name: 'Night', schedule_id: sky.scheduleId });
    expect(await baseline(id)).toMatchObject({ waiting: 3, included: 0, cells: 0, bands: [], bins: [] });
    expect(await refusal('GET', `/api/baselines/${id}/cells`)).toEqual([
      409,
      `Baseline ${id} has no cells yet: none of its sessions has been compared`,
    ]);
    expect(await refusal('GET', `/api/skyscan/${first}/anomalies`)).toEqual([
      409,
      `The anomalies of session ${first} from baseline ${id} are not known: the comparison is requested`,
    ]);
    analyst = await startFakeAnalyst(analystPort);
    const found = ROUTES['GET /api/baselines/{baseline_id}'].answer.parse(await settled(id, 3));
    expect(found).toMatchObject({ included: 3, cells: CELLS, schedule_id: sky.scheduleId, is_growing: true });
    // Midnight UTC is one o'clock in Berlin; the site has no place.
    expect(found.bins.map(({ bin, sessions }) => [bin, sessions])).toEqual([
      ['all', 3],
      ['hour:01', 3],
    ]);
    expect(await members(id)).toMatchObject([
      { session_id: first + 2, status: 'included', masked: 0, bins: ['all', 'hour:01'] },
      {},
      { session_id: first, reason: null, is_by_user: false },
    ]);
    expect(analyst.comparisons()).toBe(3);
    expect(await refusal('GET', `/api/skyscan/${first}/anomalies`)).toEqual([
      409,
      `The anomalies of session ${first} from baseline ${id} are not known: the baseline had 0 other sessions; a comparison needs 3`,
    ]);
  });

  test('shows the usual levels', async () => {
    const cells = await ask<{ cell: number; centre: number; count: number }[]>(
      'GET',
      `/api/baselines/${id}/cells`,
    );
    expect(ROUTES['GET /api/baselines/{baseline_id}/cells'].answer.parse(cells)).toHaveLength(CELLS);
    expect(cells[0]).toMatchObject({ cell: 0, azimuth: 51, elevation: 20, count: 3 });
    // The source is twice as strong as the sky.
    const levels = cells.map(({ centre }) => centre);
    expect(Math.max(...levels)).toBeCloseTo(-90 + 10 * Math.log10(2), 0);
    const csv = (await gateways[0]?.get(`/api/baselines/${id}/cells?format=csv&bin=hour:01`))?.text ?? '';
    expect(csv.split('\r\n')[0]).toBe('cell,azimuth,elevation,count,centre,spread_db');
    for (const value of ['centre', 'spread_db']) {
      const map = await gateways[0]?.get(`/api/baselines/${id}/map.png?value=${value}&size=300`);
      expect([map?.status, map?.headers['content-type']]).toEqual([200, 'image/png']);
    }
    expect(await refusal('GET', `/api/baselines/${id}/cells?bin=hour:02`)).toEqual([
      409,
      `Baseline ${id} has no session in the bin hour:02`,
    ]);
    expect(await refusal('GET', `/api/baselines/${id}/map.png?band=1`)).toEqual([
      422,
      [
        {
          loc: ['query', 'band'],
          msg: 'Must be in 0..0, the bands of the baseline; it is 1',
          type: 'value_error',
        },
      ],
    ]);
  });

  test('a new source is an anomaly and does not enter it', async () => {
    withNew = await sky.scan(3, [NEW]);
    await look(id);
    await settled(id, 4);
    const [found, ...others] = ROUTES['GET /api/skyscan/{session_id}/anomalies'].answer.parse(
      await anomalies(withNew),
    ) as [Anomaly];
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: 'new', number: 1, baseline_id: id, is_known: false, name: null });
    expect(separationDeg({ azimuthDeg: found.azimuth, elevationDeg: found.elevation }, NEW)).toBeLessThan(2);
    expect(await comparison(withNew, id)).toMatchObject({
      status: 'done',
      bin: 'all',
      sessions: 3,
      anomalies: 1,
    });
    const [member] = await members(id);
    expect(member).toMatchObject({ session_id: withNew, status: 'included' });
    const cells = await ask<{ azimuth: number; elevation: number; count: number }[]>(
      'GET',
      `/api/baselines/${id}/cells`,
    );
    expect(cells.filter(({ count }) => count === 3)).toHaveLength(member?.masked ?? 0);
    expect(member?.masked).toBeGreaterThan(3);
  });

  test('shows the changes', async () => {
    const path = `/api/skyscan/${withNew}/anomalies/map`;
    const cells = ROUTES['GET /api/skyscan/{session_id}/anomalies/map'].answer.parse(await ask('GET', path));
    expect(cells).toHaveLength(CELLS);
    const [strongest] = [...cells].sort((a, b) => (b.z ?? 0) - (a.z ?? 0));
    expect(strongest?.change_db).toBeCloseTo((strongest?.level ?? 0) - (strongest?.usual ?? 0), 2);
    for (const value of ['z', 'change_db', 'level', 'usual']) {
      const map = await gateways[0]?.get(`${path}.png?value=${value}&size=300`);
      expect([map?.status, map?.headers['content-type']]).toEqual([200, 'image/png']);
    }
    const csv = (await gateways[0]?.get(`/api/skyscan/${withNew}/anomalies?format=csv`))?.text ?? '';
    expect(csv.split('\r\n')[1]).toMatch(/^\d+,1,new,/);
    const { features } = await ask<{ features: object[] }>(
      'GET',
      `/api/skyscan/${withNew}/anomalies?format=geojson`,
    );
    expect(features).toHaveLength(1);
  });

  test('a source that was never usual is not missed when it has gone', async () => {
    const after = await sky.scan(4);
    await look(id);
    await settled(id, 5);
    expect(await anomalies(after)).toEqual([]);
  });

  test('a change whose entry a user has marked as known enters it', async () => {
    const marked = await sky.scan(5, [NEW], { isNamed: true });
    const channels = [{ from_hz: 1, to_hz: 1e12 }];
    await addSources(world.database.url, marked, [
      sourceAt(NEW.azimuthDeg, NEW.elevationDeg, 0.3, { channels }),
    ]);
    const [entry] = await ask<{ id: number }[]>('GET', '/api/sources');
    await ask('PUT', `/api/sources/${entry?.id}`, { is_known: true, name: 'Mast' });
    await sky.schedule(marked);
    await look(id);
    await settled(id, 6);
    expect(await anomalies(marked)).toMatchObject([
      { kind: 'new', catalogue_id: entry?.id, name: 'Mast', is_known: true },
    ]);
    expect((await members(id))[0]).toMatchObject({ session_id: marked, masked: 0 });
  });

  test('a user excludes and includes sessions; the statistics follow', async () => {
    const path = `/api/baselines/${id}/sessions/${withNew}`;
    expect(await ask('PUT', path, { status: 'excluded' })).toMatchObject({
      status: 'excluded',
      reason: 'excluded by a user',
      is_by_user: true,
      bins: [],
    });
    const without = await settled(id, 6);
    expect(without).toMatchObject({ included: 5, excluded: 1 });
    expect(without.bins[1]).toMatchObject({ bin: 'hour:01', sessions: 5 });
    await ask('PUT', path, { status: 'included' });
    expect(await settled(id, 6)).toMatchObject({ included: 6, excluded: 0 });
    // It is compared with the others, not with itself.
    expect(await comparison(withNew, id)).toMatchObject({ sessions: 5 });
  });

  test('a session that must not enter it is excluded with the reason, unless a user includes it', async () => {
    analyst.setUnsuitable('its noise is 5 times that of the others');
    const noisy = await sky.scan(6);
    const short = await sky.scan(7, [], { completed: CELLS / 2 });
    await look(id);
    await settled(id, 8);
    expect((await members(id)).slice(0, 2)).toMatchObject([
      {
        session_id: short,
        status: 'excluded',
        reason: `it has only ${CELLS / 2} of ${CELLS} points; 80 % are needed`,
      },
      { session_id: noisy, status: 'excluded', reason: 'its noise is 5 times that of the others' },
    ]);
    expect(await comparison(short, id)).toMatchObject({ status: 'failed', anomalies: null });
    const path = `/api/baselines/${id}/sessions/${noisy}`;
    expect(await ask('PUT', path, { status: 'included' })).toMatchObject({ status: 'waiting' });
    await settled(id, 8);
    analyst.setUnsuitable(undefined);
    expect((await members(id))[1]).toMatchObject({ status: 'included', is_by_user: true });
    expect((await ask<object[]>('GET', `/api/baselines/${id}/sessions?status=excluded`)).length).toBe(1);
    expect(await ask('GET', `/api/baselines/${id}/sessions?limit=1&before_id=${noisy}`)).toMatchObject([
      { session_id: noisy - 1 },
    ]);
  });

  test('a named session is compared on request, without entering it', async () => {
    const named = await sky.scan(8, [NEW], { isNamed: true });
    const path = `/api/skyscan/${named}/anomalies`;
    expect(await refusal('GET', path)).toEqual([
      404,
      `Session ${named} has no baseline: create one of its schedule, or name one`,
    ]);
    const before = await baseline(id);
    expect(await ask('POST', path, { baseline_id: id })).toMatchObject({ baseline_id: id, anomalies: null });
    await until('it is compared', async () => (await comparison(named, id))?.status === 'done');
    expect(await anomalies(named, `?baseline=${id}`)).toHaveLength(1);
    expect(await baseline(id)).toEqual(before);
    // A session of the baseline, compared again: without its own levels.
    await ask('POST', `/api/skyscan/${first}/anomalies`, { baseline_id: id });
    await until(
      'it is compared again',
      async () => (await comparison(first, id))?.sessions === before.included - 1,
    );
  });

  test('each session was compared once by one of the gateways', () => {
    // 8 sessions, one of which did not fit; two included again; two on request.
    expect(analyst.comparisons()).toBe(7 + 2 + 2);
  });
});
