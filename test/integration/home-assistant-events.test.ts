import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { siteEventMessageSchema, type SiteEventMessage } from '#contract/rotor-state-messages';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { addRotor } from '../support/gateway-scan.ts';
import { storeEntry, storeSky, type StoredSky } from '../support/stored-anomalies.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// Alerts and new sources as events of a site, and its counts.

const world = useGatewayWorld({ HOME_ASSISTANT: 'true' });
let db: Database;
let sky: StoredSky;
const events: SiteEventMessage[] = [];
let state: unknown;

beforeAll(async () => {
  await until('the database is ready', async () => (await world.gateway.get('/api/ready')).status === 200);
  db = createDatabase([world.database.url], pino({ level: 'silent' }));
  world.mqtt.on('message', (topic, payload) => {
    const message = JSON.parse(payload.toString()) as unknown;
    if (topic.endsWith('/events')) events.push(siteEventMessageSchema.parse(message));
    else if (topic.endsWith('/state')) state = message;
  });
  await world.mqtt.subscribeAsync('skyscan/sites/1/#', { qos: 1 });
  sky = await storeSky(db, await addRotor(world));
});
afterAll(() => db.close());

const eventAt = (type: string, azimuth: number) =>
  until(`${type} at ${azimuth}`, () =>
    events.find((event) => event.event_type === type && event.azimuth === azimuth),
  );

test('an alert is an event when it is raised and when it is cleared, once each', async () => {
  await sky.session([{ azimuth: 100 }]);
  const raised = await eventAt('alert_raised', 100);
  expect(raised).toMatchObject({
    title: 'New source at 100.0°, 20.0°, 868.3 MHz',
    kind: 'new',
    elevation: 20,
    sources: [],
  });
  await until('the count of the site', () => (state as { alerts?: number } | undefined)?.alerts === 1);
  const acknowledged = await world.gateway.post(`/api/alerts/${raised.alert_id}/acknowledge`, {});
  expect(acknowledged.status).toBe(200);
  for (let session = 0; session < 3; session++) await sky.session([]);
  expect(await eventAt('alert_cleared', 100)).toMatchObject({ alert_id: raised.alert_id });
  const ofAlert = events.filter(({ alert_id }) => alert_id === raised.alert_id);
  expect(ofAlert.map(({ event_type }) => event_type)).toEqual(['alert_raised', 'alert_cleared']);
});

test('a new source is an event, a known one and an old one are not', async () => {
  const known = await storeEntry(db, 10, { isKnown: true });
  const old = await storeEntry(db, 20, { lastSeen: new Date(Date.now() - 7_200_000) });
  const id = await storeEntry(db, 30);
  const event = await eventAt('new_source', 30);
  expect(event).toMatchObject({ title: '1 new source', total: 1, alert_id: null });
  expect(event.sources).toMatchObject([{ catalogue_id: id, azimuth: 30 }]);
  const unpublished = () =>
    db.query('select id from catalogue where id = any($1::int[]) and not is_published', [[known, old, id]]);
  await until('the others are dismissed', async () => (await unpublished()).length === 0);
  const named = events.flatMap(({ sources }) => sources.map(({ catalogue_id }) => catalogue_id));
  expect(named).toEqual([id]);
});
