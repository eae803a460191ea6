import { Parser } from '@asyncapi/parser';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import * as rotorMessages from '#contract/live/rotor-messages';
import * as sessionMessages from '#contract/live/session-messages';
import * as mqttMessages from '#contract/mqtt-messages';
import { startTestScan, type TestScan } from '../support/gateway-scan.ts';
import { openSocket } from '../support/gateway-sockets.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

interface Document {
  channels: Record<string, { address: string; messages: Record<string, unknown> }>;
  operations: Record<string, { bindings?: { mqtt: object } }>;
  components: { messages: Record<string, unknown>; schemas: Record<string, object> };
}

const world = useGatewayWorld();
let scan: TestScan;
let text: string;
let document: Document;

beforeAll(async () => {
  scan = await startTestScan(world);
  ({ text } = await world.gateway.get('/api/asyncapi.json'));
  document = JSON.parse(text) as Document;
});

/** Validates a value with a schema of the document; null if it is valid. */
function problemsOf(schema: string, value: unknown): unknown {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const validate = ajv.compile({ $ref: `#/components/schemas/${schema}`, components: document.components });
  validate(value);
  return validate.errors;
}

describe('the AsyncAPI document', () => {
  test('is valid AsyncAPI 3.0 without warnings', async () => {
    const { document: parsed, diagnostics } = await new Parser().parse(text);
    expect(parsed?.version()).toBe('3.0.0');
    // Ignores hints (severity above 1), for example that AsyncAPI has a newer version.
    const severities: number[] = diagnostics.map(({ severity }) => severity);
    expect(severities.filter((severity) => severity <= 1)).toEqual([]);
  });

  test('has every channel', () => {
    expect(Object.values(document.channels).map(({ address }) => address)).toEqual([
      '/ws/skyscan/{session_id}',
      '/ws/rotors/{rotor_id}',
      'skyscan/sessions/{session_id}/points',
      'skyscan/sessions/{session_id}/status',
      'skyscan/sessions/{session_id}/sources',
      'skyscan/alerts',
      'skyscan/alerts/{alert_id}',
      'skyscan/notifications',
      'skyscan/rotors/{rotor_id}/position',
      'skyscan/rotors/{rotor_id}/characterisation',
      'skyscan/rotors/{rotor_id}/scan',
      'skyscan/rotors/{rotor_id}/notes',
      'skyscan/rotors/{rotor_id}/map',
      'skyscan/rotors/{rotor_id}/command/{command}',
      'skyscan/rotors/{rotor_id}/result',
      'skyscan/sites/{site_id}/state',
      'skyscan/sites/{site_id}/events',
      'skyscan/services/{service_name}/status',
      'homeassistant/device/{device_id}/config',
    ]);
  });

  test('has every message schema of the contract in a channel', () => {
    const schemas = Object.entries({ ...mqttMessages, ...rotorMessages, ...sessionMessages })
      .filter(([name]) => name.endsWith('MessageSchema'))
      .flatMap(([, schema]) => (schema instanceof z.ZodUnion ? schema.options : [schema])) as z.ZodType[];
    expect(schemas.length).toBeGreaterThanOrEqual(9);
    const inChannels = Object.values(document.channels).flatMap(({ messages }) => Object.keys(messages));
    for (const schema of schemas) {
      const id = schema.meta()?.id ?? 'a schema without an id';
      expect(inChannels).toContain(id);
      expect(Object.keys(document.components.messages)).toContain(id);
      expect(Object.keys(document.components.schemas)).toContain(id);
    }
  });

  test('states which messages are retained', () => {
    const retained = Object.entries(document.operations).map(([name, { bindings }]) => [
      name,
      bindings?.mqtt,
    ]);
    const qos1 = { qos: 1, bindingVersion: '0.2.0' };
    expect(Object.fromEntries(retained)).toEqual({
      'send.sessionLive': undefined,
      'send.rotorLive': undefined,
      'publish.sessionPoints': { ...qos1, retain: false },
      'publish.sessionStatus': { ...qos1, retain: true },
      'publish.sessionSources': { ...qos1, retain: false },
      'publish.alerts': { ...qos1, retain: true },
      'publish.alert': { ...qos1, retain: true },
      'publish.notifications': { ...qos1, retain: false },
      'publish.rotorPosition': { ...qos1, qos: 0, retain: true },
      'publish.rotorCharacterisation': { ...qos1, retain: false },
      'publish.rotorScan': { ...qos1, retain: true },
      'publish.rotorNotes': { ...qos1, retain: true },
      'publish.rotorMap': { ...qos1, retain: true },
      'receive.rotorCommand': { ...qos1, retain: false },
      'publish.rotorResult': { ...qos1, retain: false },
      'publish.siteState': { ...qos1, retain: true },
      'publish.siteEvents': { ...qos1, retain: false },
      'publish.serviceStatus': { ...qos1, retain: true },
      'publish.homeAssistantDevice': { ...qos1, retain: true },
    });
  });

  test('accepts real messages and rejects others', async () => {
    const published: [string, unknown][] = [];
    world.mqtt.on('message', (topic, payload) => {
      published.push([topic, JSON.parse(payload.toString())]);
    });
    await world.mqtt.subscribeAsync('skyscan/#');
    const path = `${world.gateway.wsUrl}/ws/skyscan/${scan.id}?after=0`;
    const [plain, full] = await Promise.all([openSocket(path), openSocket(`${path}&detail=full`)]);
    await scan.setStatus('running');
    await scan.measure(2);
    await until('points', () => [plain, full].every(({ messages }) => messages.some(({ point }) => point)));
    for (const message of plain.messages) expect(problemsOf('SessionMessage', message)).toBeNull();
    for (const message of full.messages) {
      const name = message.point ? 'DetailedPointMessage' : 'DetailedStatusMessage';
      expect(problemsOf(name, message)).toBeNull();
    }
    const last = full.messages.find(({ point }) => point);
    expect(
      problemsOf('DetailedPointMessage', { ...last, point: { ...last?.point, seq: '1' } }),
    ).not.toBeNull();
    expect(problemsOf('DetailedPointMessage', plain.messages.at(-1))).not.toBeNull();
    const ofLeaf = (leaf: string) => published.filter(([topic]) => topic.endsWith(leaf));
    const ofGateway = () => published.filter(([topic]) => /\/api-gateway[^/]*\/status$/.test(topic));
    await until('MQTT messages', () => ofLeaf('/points').length > 0 && ofGateway().length > 0);
    for (const [, message] of ofLeaf('/points')) expect(problemsOf('PointMessage', message)).toBeNull();
    for (const [, message] of ofLeaf(`/${scan.id}/status`))
      expect(problemsOf('StatusMessage', message)).toBeNull();
    for (const [, message] of ofGateway()) expect(problemsOf('ServiceStatusMessage', message)).toBeNull();
    plain.close();
    full.close();
  });

  test('has the base topic and the path prefix of the proxy', async () => {
    const other = await world.startGateway({ MQTT_BASE_TOPIC: 'home/sky', BASE_PATH: '/scan' });
    const { body } = await other.get('/api/asyncapi.json');
    const { channels, servers } = body as Document & { servers: { gateway: { pathname: string } } };
    expect(channels['sessionStatus']?.address).toBe('home/sky/sessions/{session_id}/status');
    expect(servers.gateway.pathname).toBe('/scan');
    await other.close();
  });
});

describe('the message documentation page', () => {
  test('needs no scripts and no other host', async () => {
    const { status, headers, text: body } = await world.gateway.get('/docs/events');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).not.toMatch(/<script|\sstyle=|\son\w+=|https?:\/\//);
  });

  test('lists every channel and message and links to the REST API', async () => {
    const { text: body } = await world.gateway.get('/docs/events');
    for (const { address } of Object.values(document.channels))
      expect(body).toContain(`<code>${address}</code>`);
    for (const name of Object.keys(document.components.messages))
      expect(body).toContain(`id="schema-${name}"`);
    expect(body).toContain('href="/docs"');
    expect((await world.gateway.get('/docs')).text).toContain('href="/docs/events"');
  });

  test('needs a key if the REST API does', async () => {
    const other = await world.startGateway({ API_KEYS: 'correct-horse-battery' });
    const paths = ['/api/openapi.json', '/api/asyncapi.json', '/docs', '/docs/events'];
    const answers = await Promise.all(paths.map((path) => other.get(path)));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    const headers = { authorization: 'Bearer correct-horse-battery' };
    expect((await other.request('/api/asyncapi.json', { headers })).status).toBe(200);
    await other.close();
  });
});
