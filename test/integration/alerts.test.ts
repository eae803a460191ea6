import mqtt from 'mqtt';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { alertListMessageSchema, alertMessageSchema } from '#contract/alert-messages';
import { alertRuleRequestSchema, type Alert, type AlertEvent, type AlertRule } from '#contract/rest/alerts';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { startAedes } from '../support/gateway-broker.ts';
import { runSkyscan } from '../support/cli.ts';
import { addRotor } from '../support/gateway-scan.ts';
import { storeEntry, storeSky, type StoredSky } from '../support/stored-anomalies.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// Alerts through the API and MQTT of a gateway.

const world = useGatewayWorld({ PUBLIC_URL: 'https://sky.example.org' });
let db: Database;
let sky: StoredSky;

beforeAll(async () => {
  await until('the database is ready', async () => (await world.gateway.get('/api/ready')).status === 200);
  db = createDatabase([world.database.url], pino({ level: 'silent' }));
});
beforeEach(async () => {
  sky = await storeSky(db, await addRotor(world));
});
afterEach(() => db.query('with gone as (delete from alert_rules where id > 1) delete from alerts'));
afterAll(() => db.close());

const get = async <T>(path: string) => (await world.gateway.get(path)).body as T;
const alerts = (query = '') => get<Alert[]>(`/api/alerts${query}`);
const alertAt = (azimuth: number) =>
  until(`an alert at ${azimuth}`, async () => (await alerts()).find((alert) => alert.azimuth === azimuth));
const eventsOf = async (id: number) =>
  (await get<AlertEvent[]>(`/api/alerts/${id}/events`)).map(({ event, note }) =>
    note === null ? event : `${event}: ${note}`,
  );
const act = (id: number, action: string, body?: object) =>
  world.gateway.post(`/api/alerts/${id}/${action}`, body);

describe('alerts', () => {
  test('are listed by status, kind and page, newest first', async () => {
    await sky.session([{ azimuth: 100 }, { azimuth: 200, kind: 'gone', z: -9 }]);
    const [first, second] = [await alertAt(100), await alertAt(200)];
    expect(await alerts()).toEqual([second, first]);
    expect(await alerts('?kind=gone')).toEqual([second]);
    expect(await alerts('?status=cleared')).toEqual([]);
    expect(await alerts('?schedule=5')).toEqual([]);
    expect(await alerts(`?before_id=${second.id}&limit=1`)).toEqual([first]);
    expect(await get(`/api/alerts/${first.id}`)).toEqual(first);
    expect(first).toMatchObject({
      rule_id: 1,
      kind: 'new',
      status: 'open',
      title: 'New source at 100.0°, 20.0°, 868.3 MHz',
      baseline_id: sky.baselineId,
      sessions_seen: 1,
      catalogue_id: null,
    });
  });

  test('acknowledge, silence and their undo', async () => {
    await sky.session([{ azimuth: 100 }]);
    const { id } = await alertAt(100);
    expect(await act(id, 'acknowledge', { note: 'a lorry' })).toMatchObject({
      status: 200,
      body: { status: 'acknowledged', note: 'a lorry', acknowledged_at: expect.any(String) as string },
    });
    const silent = (await act(id, 'silence', { hours: 168 })).body as Alert;
    const hours = (Date.parse(silent.silent_until ?? '') - Date.now()) / 3_600_000;
    expect(hours).toBeCloseTo(168, 0);
    expect(silent.status).toBe('acknowledged');
    await sky.session([{ azimuth: 101 }]);
    expect(await alertAt(101)).toMatchObject({ id, status: 'acknowledged', sessions_seen: 2 });
    expect((await act(id, 'reopen')).body).toMatchObject({
      status: 'open',
      note: null,
      acknowledged_at: null,
      silent_until: null,
    });
    expect(await eventsOf(id)).toEqual([
      'raised',
      'acknowledged: a lorry',
      `silenced: until ${silent.silent_until}`,
      'seen',
      'reopened',
    ]);
  });

  test('known marks the entry of the catalogue, clears the alert, and mutes the source', async () => {
    const entry = await storeEntry(db, 100);
    await sky.session([{ azimuth: 100, catalogueId: entry }, { azimuth: 200 }]);
    const [known, other] = [await alertAt(100), await alertAt(200)];
    expect(known.catalogue_id).toBe(entry);
    expect((await act(known.id, 'known')).body).toMatchObject({ status: 'cleared' });
    expect(await get(`/api/sources/${entry}`)).toMatchObject({ is_known: true });
    expect(await act(other.id, 'known')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('no entry in /api/sources') as string },
    });
    const sessionId = await sky.session([{ azimuth: 100, catalogueId: entry }, { azimuth: 200 }]);
    await until('the session was seen', async () => (await alertAt(200)).session_id === sessionId);
    expect(await alerts('?status=open')).toMatchObject([{ id: other.id }]);
    expect(await act(known.id, 'acknowledge')).toMatchObject({
      status: 409,
      body: { detail: 'The alert is cleared' },
    });
    expect(await act(known.id, 'reopen')).toMatchObject({ status: 200, body: { status: 'cleared' } });
  });

  test('requests that are refused change nothing', async () => {
    await sky.session([{ azimuth: 100 }]);
    const alert = await alertAt(100);
    const refused: [string, object | undefined, number, string][] = [
      ['1000000/acknowledge', {}, 404, 'Alert not found'],
      ['x/silence', { hours: 1 }, 404, 'Alert not found'],
      [`${alert.id}/silence`, undefined, 422, 'detail'],
      [`${alert.id}/silence`, { hours: 0 }, 422, 'Must be in 0.1..8784 h'],
      [`${alert.id}/silence`, { hours: '1' }, 422, 'Must be a finite number'],
      [`${alert.id}/acknowledge`, { note: 'x'.repeat(1_001) }, 422, 'Must have at most 1000 characters'],
      [`${alert.id}/acknowledge`, { text: 'x' }, 422, 'Unknown field'],
    ];
    for (const [path, body, status, message] of refused) {
      const answer = await world.gateway.post(`/api/alerts/${path}`, body);
      expect([path, answer.status, answer.text]).toEqual([path, status, expect.stringContaining(message)]);
      expect(await get(`/api/alerts/${alert.id}`)).toEqual(alert);
    }
  });

  test.each(['status=gone', 'kind=x', 'limit=0', 'limit=501', 'before_id=-1', 'schedule=x', 'more=1'])(
    'a list with %s is refused',
    async (query) => {
      expect((await world.gateway.get(`/api/alerts?${query}`)).status).toBe(422);
    },
  );
});

test('the command line lists, shows, acknowledges and silences', async () => {
  const skyscan = (...args: string[]) =>
    runSkyscan(['alerts', ...args], { env: { SKYSCAN_URL: world.gateway.url } });
  expect(await skyscan()).toMatchObject({ code: 0, out: 'No alerts.\n' });
  await sky.session([{ azimuth: 100 }]);
  const { id } = await alertAt(100);
  const table = expect.stringMatching(/open +New source at 100.0°, 20.0°, 868.3 MHz +9.0/) as string;
  expect(await skyscan('list')).toMatchObject({ code: 0, out: table });
  expect((await skyscan('ack', String(id), '--note', 'a lorry')).out).toBe(`Alert ${id} is acknowledged.\n`);
  expect((await skyscan('silence', String(id))).out).toMatch(/is silent until \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
  expect((await skyscan('show', String(id))).out).toMatch(/raised[^]*acknowledged .*a lorry[^]*silenced/);
  expect(JSON.parse((await skyscan('list', '--json')).out)).toMatchObject([{ id, status: 'acknowledged' }]);
  expect((await skyscan('rules')).out).toMatch(/1 +All changes +yes +all/);
  expect((await skyscan('channels')).out).toMatch(/^ID +NAME +KIND/);
  expect(await skyscan('test', '99')).toMatchObject({
    code: 1,
    err: expect.stringContaining('Channel not found') as string,
  });
});

describe('rules', () => {
  test('are created with defaults, replaced and deleted with their alerts', async () => {
    const created = await world.gateway.post('/api/alert-rules', { name: ' Mine ' });
    const rule = created.body as AlertRule;
    expect(created).toMatchObject({ status: 201, headers: { location: `/api/alert-rules/${rule.id}` } });
    const { id, created_at, ...request } = rule;
    expect(request).toEqual(alertRuleRequestSchema.parse({ name: 'Mine' }));
    expect(Date.parse(created_at)).toBeLessThanOrEqual(Date.now() + 60_000);
    const path = `/api/alert-rules/${id}`;
    const changed = await world.gateway.request(path, {
      method: 'PUT',
      body: { name: 'Only new', kinds: ['new'] },
    });
    expect(changed).toMatchObject({ status: 200, body: { id, kinds: ['new'], created_at } });
    await sky.session([{ azimuth: 100 }]);
    await until('both rules have raised', async () => (await alerts()).length === 2);
    expect((await world.gateway.request(path, { method: 'DELETE' })).status).toBe(204);
    expect(await alerts()).toMatchObject([{ rule_id: 1 }]);
    expect((await world.gateway.get(path)).body).toEqual({ detail: 'Rule not found' });
  });

  test.each<[object, string]>([
    [{}, 'name'],
    [{ name: ' ' }, 'name'],
    [{ name: 'x', kinds: [] }, 'kinds'],
    [{ name: 'x', kinds: ['louder'] }, 'kinds'],
    [{ name: 'x', min_change_db: -1 }, 'min_change_db'],
    [{ name: 'x', min_z: 2 }, 'min_z'],
    [{ name: 'x', sector: { azimuth_from_deg: 0 } }, 'azimuth_to_deg'],
    [{ name: 'x', sector: { azimuth_from_deg: 0, azimuth_to_deg: 361 } }, 'azimuth_to_deg'],
    [{ name: 'x', band: { from_hz: 2, to_hz: 1 } }, 'to_hz'],
    [{ name: 'x', raise_seen: 4 }, 'raise_seen'],
    [{ name: 'x', clear_after: 0 }, 'clear_after'],
    [{ name: 'x', dedupe_hours: 721 }, 'dedupe_hours'],
    [{ name: 'x', schedule_id: 99 }, 'There is no schedule 99'],
    [{ name: 'x', channel_ids: [99] }, 'There is no channel 99'],
    [{ name: 'x', is_on: true }, 'Unknown field'],
  ])('%j is refused', async (body, message) => {
    const answer = await world.gateway.post('/api/alert-rules', body);
    expect([answer.status, answer.text]).toEqual([422, expect.stringContaining(message)]);
    expect(await get('/api/alert-rules')).toHaveLength(1);
  });
});

/** What a client that connects now finds retained, by topic. */
async function retained(url: string): Promise<Map<string, unknown>> {
  const client = await mqtt.connectAsync(url, { protocolVersion: 4 });
  const found = new Map<string, unknown>();
  client.on('message', (topic, payload) => {
    // An alert that is cleared meanwhile has an empty message.
    if (payload.length === 0) found.delete(topic);
    else found.set(topic, JSON.parse(payload.toString()));
  });
  try {
    await client.subscribeAsync('skyscan/alerts/#', { qos: 1 });
    await until('the list has come', () => found.has('skyscan/alerts'));
    return found;
  } finally {
    await client.endAsync(true);
  }
}

describe('MQTT', () => {
  /** Waits until the broker retains the alerts with these ids, and no others. */
  const untilRetained = (ids: number[], url = world.broker.url) =>
    until(`the broker has the alerts ${ids.join(', ')}`, async () => {
      const found = await retained(url);
      const list = alertListMessageSchema.parse(found.get('skyscan/alerts'));
      const topics = ids.map((id) => `skyscan/alerts/${id}`);
      return (
        list.alerts.map(({ id }) => id).join() === ids.join() &&
        found.size === ids.length + 1 &&
        topics.every((topic) => found.has(topic)) &&
        found
      );
    });

  test('has the open alerts and their list, and nothing of those that are cleared or deleted', async () => {
    await untilRetained([]);
    const rule = (await world.gateway.post('/api/alert-rules', { name: 'x', kinds: ['gone'] }))
      .body as AlertRule;
    await sky.session([{ azimuth: 100 }, { azimuth: 200, kind: 'gone' }]);
    const all = await until('three alerts', async () => {
      const found = await alerts();
      return found.length === 3 && found;
    });
    const messages = await untilRetained(all.map(({ id }) => id));
    for (const alert of all)
      expect(alertMessageSchema.parse(messages.get(`skyscan/alerts/${alert.id}`))).toEqual({
        ...alert,
        link: `https://sky.example.org/#/watch/alerts/${alert.id}`,
        picture: expect.stringContaining('/anomalies/map.png') as string,
      });
    const [one] = all.filter(({ kind }) => kind === 'new');
    await act(one?.id ?? 0, 'acknowledge', {});
    await until('MQTT has the acknowledgement', async () => {
      const found = (await retained(world.broker.url)).get(`skyscan/alerts/${one?.id}`);
      return (found as Alert).status === 'acknowledged';
    });
    await world.gateway.request(`/api/alert-rules/${rule.id}`, { method: 'DELETE' });
    await untilRetained(all.filter(({ rule_id }) => rule_id === 1).map(({ id }) => id));
    for (let i = 0; i < 3; i++) await sky.session();
    await untilRetained([]);
  });

  test('a broker that was down, and has lost what it retained, gets everything', async () => {
    await sky.session([{ azimuth: 100 }]);
    const first = await alertAt(100);
    await untilRetained([first.id]);
    const port = Number(new URL(world.broker.url).port);
    await world.broker.close();
    await sky.session([{ azimuth: 100 }, { azimuth: 200 }]);
    const second = await alertAt(200);
    world.broker = await startAedes(port);
    const found = await untilRetained([second.id, first.id]);
    expect(found.get(`skyscan/alerts/${first.id}`)).toMatchObject({ sessions_seen: 2 });
  });

  test('a second gateway publishes what the first one could not', async () => {
    await world.gateway.close();
    const gateway = await world.startGateway({ MQTT_URL: 'mqtt://127.0.0.1:9' });
    world.gateway = gateway;
    await sky.session([{ azimuth: 100 }]);
    const alert = await alertAt(100);
    const second = await world.startGateway();
    onTestFinished(() => gateway.close());
    world.gateway = second;
    await untilRetained([alert.id]);
  });
});
