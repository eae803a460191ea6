import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { notificationSchema, SESSION_EVENTS, type NotificationMessage } from '#contract/notifications';
import type { AlertDelivery } from '#contract/rest/alert-channels';
import { evaluateSessions } from '../../services/api-gateway/alerts/evaluate-sessions.ts';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { startReceiver, type Receiver } from '../support/alert-receivers.ts';
import { startTestScan, type TestScan } from '../support/gateway-scan.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// What channels are told of sessions.

const world = useGatewayWorld({
  ALERT_NETWORKS: '127.0.0.0/8',
  PUBLIC_URL: 'https://sky.example.org/sky/',
});
let db: Database;
let receiver: Receiver;

beforeAll(async () => {
  await until('the database is ready', async () => (await world.gateway.get('/api/ready')).status === 200);
  db = createDatabase([world.database.url], pino({ level: 'silent' }));
});
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await db.query('delete from alert_channels');
  await receiver.close();
});
afterAll(() => db.close());

async function createChannel(body: object): Promise<number> {
  const { status, body: created } = await world.gateway.post('/api/alert-channels', body);
  expect([status, created]).toMatchObject([201, {}]);
  return (created as { id: number }).id;
}
const hook = (change: object = {}) =>
  createChannel({
    kind: 'webhook',
    name: 'Hook',
    url: receiver.url,
    session_events: SESSION_EVENTS,
    ...change,
  });
const messages = () => receiver.received.map(({ body }) => notificationSchema.parse(body));

/** The orchestrator reports a pause. */
async function pause(scan: TestScan, notes: string | null): Promise<void> {
  const message = world.orchestrator.setStatus(scan.id, 'paused', notes);
  await world.publish(`skyscan/sessions/${scan.id}/status`, message, true);
  await scan.untilStatus('paused');
}

async function running(): Promise<TestScan> {
  const scan = await startTestScan(world, { rows: 2, columns: 2 });
  await scan.setStatus('running');
  await scan.measure(1);
  await scan.untilStored(1);
  return scan;
}

test('the end of a scan is sent once to the channels that want it', async () => {
  const id = await hook();
  await hook({ name: 'Disabled', is_enabled: false });
  await hook({ name: 'Other', session_events: ['session_paused'] });
  const scan = await running();
  await scan.measure(3);
  await scan.setStatus('completed');
  await until('it is sent', () => receiver.received.length > 0);
  await Promise.all([evaluateSessions(db), evaluateSessions(db)]);
  const [message] = messages();
  expect(message).toMatchObject({
    event: 'session_ended',
    title: expect.stringMatching(new RegExp(`^Scan ${scan.id} of scanned \\d+ is completed$`)) as string,
    link: `https://sky.example.org/sky/#/scan/sessions/${scan.id}`,
    picture: `https://sky.example.org/sky/api/skyscan/${scan.id}/map.png`,
    session: { id: scan.id, status: 'completed', completed_points: 4, total_points: 4, reason: null },
  });
  const deliveries = (await world.gateway.get('/api/alert-deliveries')).body as AlertDelivery[];
  expect(deliveries).toMatchObject([
    { channel_id: id, alert_id: null, session_id: scan.id, event: 'session_ended' },
  ]);
});

test('a pause because of a fault is sent, one by a person is not', async () => {
  await hook();
  const scan = await running();
  await pause(scan, null);
  await scan.setStatus('running');
  await scan.untilStatus('running');
  await pause(scan, 'rotctld refused the connection');
  await until('it is sent', () => receiver.received.length > 0);
  await scan.setStatus('cancelled');
  await until('its end is sent', () => receiver.received.length > 1);
  expect(messages().map(({ event, session }) => [event, session?.reason])).toEqual([
    ['session_paused', 'rotctld refused the connection'],
    ['session_ended', null],
  ]);
});

test('a suspension is sent when it has lasted for 30 minutes', async () => {
  const scan = await running();
  await pause(scan, 'garden/wind reports 14');
  // The gateway has it as a pause because of a fault first: there is no channel yet.
  await db.query('update sessions set resumes_itself = true where id = $1', [scan.id]);
  await hook();
  expect(await evaluateSessions(db)).toBeGreaterThan(29 * 60_000);
  expect(receiver.received).toEqual([]);
  await db.query(`update sessions set status_since = now() - interval '31 min' where id = $1`, [scan.id]);
  expect(await evaluateSessions(db)).toBeUndefined();
  await until('it is sent', () => receiver.received.length === 1);
  expect(messages()[0]).toMatchObject({
    event: 'session_suspended',
    title: expect.stringMatching(/has been waiting for 30 minutes$/) as string,
    session: { id: scan.id, status: 'paused', reason: 'garden/wind reports 14' },
  });
  expect(messages()[0]?.text).toContain('Reason: garden/wind reports 14');
});

test('a channel of the kind mqtt publishes on its topic', async () => {
  const channel = await createChannel({ kind: 'mqtt', name: 'Home', session_events: ['session_ended'] });
  const received: NotificationMessage[] = [];
  const take = (topic: string, payload: Buffer) => {
    if (topic === 'skyscan/notifications')
      received.push(notificationSchema.parse(JSON.parse(payload.toString())));
  };
  world.mqtt.on('message', take);
  await world.mqtt.subscribeAsync('skyscan/notifications', { qos: 1 });
  try {
    const { body } = await world.gateway.post(`/api/alert-channels/${channel}/test`);
    expect(body).toMatchObject({ is_delivered: true, problem: null });
    const scan = await running();
    await scan.setStatus('cancelled');
    await until('both are published', () => received.length === 2);
    expect(received).toMatchObject([
      { event: 'test', alert: { kind: 'new' } },
      { event: 'session_ended', session: { id: scan.id, status: 'cancelled', completed_points: 1 } },
    ]);
  } finally {
    world.mqtt.off('message', take);
  }
});

test.each([
  [{ session_events: ['session_started'] }, 'Must be one of session_ended'],
  [{ session_events: ['session_ended', 'session_ended'] }, 'Must have each event once'],
  [{ topic: 'x' }, 'topic'],
])('a channel with %o is refused', async (change, reason) => {
  const body = { kind: 'mqtt', name: 'Home', ...change };
  const { status, text } = await world.gateway.post('/api/alert-channels', body);
  expect([status, text]).toEqual([422, expect.stringContaining(reason)]);
});
