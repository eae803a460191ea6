import { createHmac } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { AlertChannel, AlertDelivery } from '#contract/rest/alert-channels';
import type { Alert } from '#contract/rest/alerts';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import {
  startMailReceiver,
  startReceiver,
  type MailReceiver,
  type Receiver,
} from '../support/alert-receivers.ts';
import { addRotor } from '../support/gateway-scan.ts';
import { startServiceProcess } from '../support/service-process.ts';
import { storeEntry, storeSky, type StoredSky } from '../support/stored-anomalies.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// Messages about alerts from a gateway to real receivers.

const ENV = { ALERT_NETWORKS: '127.0.0.0/8', PUBLIC_URL: 'https://sky.example.org/sky/' };
const SECRET = 'a secret of webhooks'.replaceAll(' ', '-');
const world = useGatewayWorld(ENV);
let db: Database;
let sky: StoredSky;
let receiver: Receiver;
let mail: MailReceiver;

beforeAll(async () => {
  await until('the database is ready', async () => (await world.gateway.get('/api/ready')).status === 200);
  db = createDatabase([world.database.url], pino({ level: 'silent' }));
  mail = await startMailReceiver();
});
beforeEach(async () => {
  receiver = await startReceiver();
  sky = await storeSky(db, await addRotor(world));
});
afterEach(async () => {
  await db.query('with gone as (delete from alerts) delete from alert_rules where id > 1');
  await db.query('delete from alert_channels');
  await receiver.close();
});
afterAll(async () => {
  await db.close();
  await mail.close();
});

async function createChannel(body: object): Promise<AlertChannel> {
  const { status, body: created } = await world.gateway.post('/api/alert-channels', body);
  expect([status, created]).toMatchObject([201, {}]);
  return created as AlertChannel;
}

/** A channel to the receiver, and a rule that sends to it. */
async function watchWith(channel: object = {}, rule: object = {}): Promise<AlertChannel> {
  const created = await createChannel({
    kind: 'webhook',
    name: 'Hook',
    url: `${receiver.url}/hook`,
    ...channel,
  });
  const answer = await world.gateway.post('/api/alert-rules', {
    name: 'Sent',
    channel_ids: [created.id],
    clear_after: 1,
    ...rule,
  });
  expect(answer.status).toBe(201);
  return created;
}

/** The alert of the rule that sends. */
async function alertAt(azimuth: number): Promise<Alert> {
  return until(`an alert at ${azimuth}`, async () => {
    const { body } = await world.gateway.get('/api/alerts');
    return (body as Alert[]).find((alert) => alert.azimuth === azimuth && alert.rule_id !== 1);
  });
}
const deliveriesOf = async (query: string) =>
  (await world.gateway.get(`/api/alert-deliveries?${query}`)).body as AlertDelivery[];
/** Lets everything that waits be tried now. */
const hurry = async () => {
  await db.query(
    `update alert_deliveries set next_attempt_at = now(), claimed_until = null where status = 'waiting'`,
  );
  await db.query('update alert_channels set retry_at = null');
};

describe('webhook', () => {
  test('an alert and its end arrive signed, once each, with numbers and links', async () => {
    const channel = await watchWith({ secret: SECRET });
    const sessionId = await sky.session([{ azimuth: 118.2, elevation: 12.5 }]);
    const alert = await alertAt(118.2);
    await until('the alert is sent', () => receiver.received.length === 1);
    await sky.session();
    await until('its end is sent', () => receiver.received.length === 2);
    const [raised, cleared] = receiver.received;
    expect(raised?.body).toMatchObject({
      event: 'raised',
      title: 'New source at 118.2°, 12.5°, 868.3 MHz',
      link: `https://sky.example.org/sky/#/watch/alerts/${alert.id}`,
      picture: `https://sky.example.org/sky/api/skyscan/${sessionId}/anomalies/map.png?baseline=${sky.baselineId}`,
      alert: { id: alert.id, azimuth: 118.2, elevation: 12.5, change_db: 3, z: 9, status: 'open' },
    });
    expect(raised?.body['text']).toContain(
      'Azimuth: 118.2°\nElevation: 12.5°\nFrequencies: 868.3 MHz\nChange: 3.0 dB',
    );
    expect(cleared?.body).toMatchObject({
      event: 'cleared',
      title: expect.stringMatching(/^Cleared: /) as string,
    });
    for (const { headers, text, body } of receiver.received) {
      const timestamp = String(headers['x-skyscan-timestamp']);
      const expected = createHmac('sha256', SECRET).update(`${timestamp}.${text}`).digest('hex');
      expect(headers['x-skyscan-signature']).toBe(`sha256=${expected}`);
      expect(headers['x-skyscan-event']).toBe(body['event_id']);
      expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(300);
    }
    const log = await until('both are logged', async () => {
      const found = await deliveriesOf(`channel=${channel.id}`);
      return found.every(({ status }) => status === 'delivered') && found;
    });
    expect(log.map(({ event, attempts, event_id }) => [event, attempts, event_id])).toEqual([
      ['cleared', 1, cleared?.body['event_id']],
      ['raised', 1, raised?.body['event_id']],
    ]);
    expect(await deliveriesOf(`alert=${alert.id}&limit=1`)).toHaveLength(1);
  });

  test('a receiver that fails gets the same message again; after 24 h it is given up', async () => {
    const channel = await watchWith();
    receiver.answer = 500;
    await sky.session([{ azimuth: 118.2 }]);
    const failed = await until('an attempt has failed', async () => {
      const [delivery] = await deliveriesOf(`channel=${channel.id}`);
      return typeof delivery?.problem === 'string' && delivery;
    });
    expect(failed).toMatchObject({
      status: 'waiting',
      attempts: 1,
      problem: expect.stringMatching(/answered 500$/) as string,
    });
    expect(Date.parse(failed.next_attempt_at ?? '') - Date.parse(failed.created_at)).toBeGreaterThan(25_000);
    expect((await world.gateway.get(`/api/alert-channels/${channel.id}`)).body).toMatchObject({
      failing_since: expect.any(String) as string,
      problem: expect.stringMatching(/answered 500$/) as string,
    });
    receiver.answer = 302;
    await hurry();
    await until('a redirect is not followed', async () => {
      const [delivery] = await deliveriesOf(`channel=${channel.id}`);
      return delivery?.problem?.endsWith('answered 302: redirects are not followed');
    });
    await db.query(`update alert_deliveries set created_at = now() - interval '25 h'`);
    await hurry();
    const given = await until('it is given up', async () => {
      const [delivery] = await deliveriesOf(`channel=${channel.id}`);
      return delivery?.status === 'failed' && delivery;
    });
    expect(given).toMatchObject({ attempts: 3, next_attempt_at: null });
    expect(new Set(receiver.received.map(({ headers }) => headers['x-skyscan-event'])).size).toBe(1);
    expect(JSON.stringify(given)).not.toContain('secret-');
  });

  test('a receiver that hangs delays no other channel, and keeps the order of its own messages', async () => {
    const other = await startReceiver();
    onTestFinished(() => other.close());
    const { id } = await createChannel({ kind: 'webhook', name: 'Other', url: other.url });
    const hanging = await createChannel({ kind: 'webhook', name: 'Hanging', url: receiver.url });
    receiver.answer = 0;
    await world.gateway.post('/api/alert-rules', {
      name: 'Both',
      channel_ids: [hanging.id, id],
      clear_after: 1,
    });
    await sky.session([{ azimuth: 118.2 }]);
    await until('the receiver hangs', () => receiver.received.length === 1);
    await sky.session();
    await until('the other one has both', () => other.received.length === 2);
    expect(receiver.received.map(({ body }) => body['event'])).toEqual(['raised']);
    expect(other.received.map(({ body }) => body['event'])).toEqual(['raised', 'cleared']);
  });

  test('a gateway killed while it delivers: another one delivers the same message', async () => {
    await watchWith({ secret: SECRET });
    receiver.answer = 0;
    await world.gateway.close();
    const killed = await startServiceProcess('api-gateway', {
      HTTP_PORT: '0',
      DATABASE_URL: world.database.url,
      MQTT_URL: world.broker.url,
      ORCHESTRATOR_ADDRESS: world.orchestrator.address,
      ROTOR_DRIVER_ADDRESS: world.driver.address,
      GATEWAY_ID: 'killed',
      ...ENV,
    });
    onTestFinished(() => killed.kill('SIGKILL'));
    await sky.session([{ azimuth: 118.2 }]);
    await until('it delivers', () => receiver.received.length === 1);
    killed.kill('SIGKILL');
    await killed.exited;
    expect(killed.output()).not.toContain(SECRET);
    receiver.answer = 200;
    await hurry();
    world.gateway = await world.startGateway();
    await until('it is delivered', async () => (await deliveriesOf('limit=1'))[0]?.status === 'delivered');
    const ids = receiver.received.map(({ headers }) => headers['x-skyscan-event']);
    expect(ids).toEqual([ids[0], ids[0]]);
  });
});

describe('ntfy and mail', () => {
  test('ntfy gets title, text, priority, tags and the link as JSON, with the token', async () => {
    const token = 'tk_0123456789';
    await watchWith({
      kind: 'ntfy',
      url: undefined,
      server: receiver.url,
      topic: 'sky',
      token,
      priority: 5,
      tags: ['eyes'],
    });
    await sky.session([{ azimuth: 118.2 }]);
    const alert = await alertAt(118.2);
    await until('it is sent', () => receiver.received.length === 1);
    expect(receiver.received[0]).toMatchObject({
      headers: { authorization: `Bearer ${token}` },
      body: {
        topic: 'sky',
        title: alert.title,
        priority: 5,
        tags: ['eyes'],
        click: `https://sky.example.org/sky/#/watch/alerts/${alert.id}`,
      },
    });
    await sky.session();
    await until('its end is sent', () => receiver.received.length === 2);
    expect(receiver.received[1]?.body).toMatchObject({ priority: 2 });
  });

  test('mail is plain text, and the name of a source adds no header', async () => {
    const entry = await storeEntry(db, 118.2);
    await db.query(`update catalogue set name = $2 where id = $1`, [
      entry,
      'Gate\r\nBcc: x@example.org\r\n<b>',
    ]);
    await watchWith({
      kind: 'mail',
      url: undefined,
      from: 'sky@example.org',
      to: ['one@example.org', 'two@example.org'],
      smtp_url: mail.url,
    });
    await sky.session([{ azimuth: 118.2, catalogueId: entry }]);
    const sent = await until('a mail has come', () => mail.mails[0]);
    const [head = '', body = ''] = sent.text.split('\r\n\r\n', 2);
    expect(sent.to).toEqual(['one@example.org', 'two@example.org']);
    expect(head).not.toMatch(/^Bcc/im);
    expect(head).toMatch(/^Content-Type: text\/plain/im);
    expect(head).toMatch(/^Message-ID: <[0-9a-f-]{36}@sky-scan>/im);
    expect(head).toMatch(/^To: one@example.org, two@example.org/im);
    expect(body.length).toBeGreaterThan(0);
  });
});

describe('channels in the API', () => {
  test('secrets are never returned, stay when they are absent, and are removed by null', async () => {
    const channel = await createChannel({ kind: 'webhook', name: 'Hook', url: receiver.url, secret: SECRET });
    const path = `/api/alert-channels/${channel.id}`;
    expect(channel).toMatchObject({ has_secret: true, is_enabled: true, title: null });
    const put = async (body: object) => {
      const answer = await world.gateway.request(path, {
        method: 'PUT',
        body: { kind: 'webhook', name: 'New', url: receiver.url, ...body },
      });
      expect(answer.text).not.toContain(SECRET);
      return answer;
    };
    expect(await put({})).toMatchObject({ status: 200, body: { name: 'New', has_secret: true } });
    expect(await put({ secret: null })).toMatchObject({ status: 200, body: { has_secret: false } });
    expect(await put({ secret: SECRET })).toMatchObject({ body: { has_secret: true } });
    for (const address of [path, '/api/alert-channels'])
      expect((await world.gateway.get(address)).text).not.toContain(SECRET);
    const other = await world.gateway.request(path, {
      method: 'PUT',
      body: { kind: 'mail', name: 'x', from: 'a@example.org', to: ['b@example.org'] },
    });
    expect(other).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('of the kind webhook') as string },
    });
  });

  test('a test message tells at once what is wrong; placeholders are filled in', async () => {
    const { id } = await createChannel({
      kind: 'webhook',
      name: 'Hook',
      url: receiver.url,
      title: '{event}: {kind} at {azimuth}',
      text: 'z = {z}\n{link}',
    });
    const send = async () => (await world.gateway.post(`/api/alert-channels/${id}/test`)).body;
    expect(await send()).toMatchObject({ is_delivered: true, problem: null });
    expect(receiver.received[0]?.body).toMatchObject({
      event: 'test',
      title: 'test: new at 118.2',
      text: 'z = 9.1\nhttps://sky.example.org/sky/#/watch/alerts/0',
    });
    receiver.answer = 403;
    expect(await send()).toMatchObject({
      is_delivered: false,
      problem: expect.stringMatching(/answered 403$/) as string,
    });
    await receiver.close();
    expect(await send()).toMatchObject({
      is_delivered: false,
      problem: expect.stringMatching(/ECONNREFUSED$/) as string,
    });
    const { body } = await world.gateway.post('/api/alert-channels', {
      kind: 'mail',
      name: 'Mail',
      from: 'a@example.org',
      to: ['b@example.org'],
    });
    expect(
      (await world.gateway.post(`/api/alert-channels/${(body as AlertChannel).id}/test`)).body,
    ).toMatchObject({
      is_delivered: false,
      problem: 'no mail server: set SMTP_URL, or smtp_url of the channel',
    });
  });

  test('a deleted channel is removed from the rules', async () => {
    const { id } = await watchWith();
    await world.gateway.request(`/api/alert-channels/${id}`, { method: 'DELETE' });
    const rules = (await world.gateway.get('/api/alert-rules')).body;
    expect(rules).toMatchObject([{ name: 'All changes' }, { name: 'Sent', channel_ids: [] }]);
  });

  const hook = { kind: 'webhook', name: 'Hook', url: 'http://127.0.0.1:9/' };
  const ntfy = { kind: 'ntfy', name: 'n', topic: 'sky', server: 'http://127.0.0.1:9' };
  const smtp = { kind: 'mail', name: 'm', from: 'a@example.org', to: ['b@example.org'] };
  test.each<[object, number, string]>([
    [{ ...hook, kind: 'pigeon' }, 422, 'Must have a kind: webhook, ntfy, mail'],
    [{ ...hook, url: 'ftp://example.org/' }, 422, 'Must be an address such as https'],
    [{ ...hook, url: 'http://user:pw@127.0.0.1/' }, 422, 'Must have no user name or password'],
    [{ ...hook, url: 'http://169.254.169.254/' }, 400, 'link-local'],
    [{ ...hook, url: 'http://[::ffff:a9fe:a9fe]/' }, 400, 'link-local'],
    [{ ...hook, url: 'http://10.0.0.1/' }, 400, 'ALERT_NETWORKS does not allow it'],
    [{ ...hook, url: 'http://nobody.invalid/' }, 400, 'nobody.invalid is not found'],
    [{ ...hook, secret: 'short' }, 422, 'Must have 16 to 500 visible ASCII characters'],
    [{ ...hook, secret: `${'x'.repeat(20)}\r\nX: y` }, 422, 'visible ASCII'],
    [{ ...hook, title: '<b>{kind}</b>' }, 422, 'Must not contain < or >'],
    [{ ...hook, title: 'a\nb' }, 422, 'Must not contain control characters'],
    [{ ...hook, text: 'a\u0007' }, 422, 'Must not contain control characters other than line breaks'],
    [{ ...hook, text: '{azimut}' }, 422, 'Has the unknown placeholder {azimut}; known are {event}, {kind}'],
    [{ ...hook, text: '{azimuth' }, 422, 'Has a brace without its counterpart'],
    [{ ...hook, more: 1 }, 422, 'Unknown field'],
    [{ ...ntfy, topic: 'a/b' }, 422, 'Must have 1 to 64 letters'],
    [{ ...ntfy, priority: 6 }, 422, 'Must be in 1..5'],
    [{ ...ntfy, server: 'http://192.168.0.1' }, 400, 'ALERT_NETWORKS'],
    [
      { ...smtp, to: ['b@example.org\r\nBcc: c@example.org'] },
      422,
      'Must be an address such as watch@example.org',
    ],
    [{ ...smtp, to: [] }, 422, 'Must have at least one address'],
    [{ ...smtp, smtp_url: 'http://example.org' }, 422, 'Must be an address such as smtps'],
    [{ ...smtp, smtp_url: 'smtp://10.1.1.1' }, 400, 'ALERT_NETWORKS'],
  ])('%j is refused', async (body, status, message) => {
    const answer = await world.gateway.post('/api/alert-channels', body);
    expect([answer.status, answer.text]).toEqual([
      status,
      expect.stringContaining(message.replaceAll('"', '\\"')),
    ]);
    expect((await world.gateway.get('/api/alert-channels')).body).toEqual([]);
  });
});
