import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import type { Counter } from 'prom-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLifecycle } from '#shared/runtime/lifecycle';
import { createLogger } from '#shared/runtime/logger';
import { startGrpcServer } from '#shared/runtime/grpc-server';
import { createTopics } from '#contract/mqtt-topics';
import { createMqttConnection, type MqttConnection } from '#shared/runtime/mqtt-client';
import { EchoCheck } from '#shared/runtime/mqtt-echo';
import { RotorDriverDefinition } from '#proto/rotor_driver';
import { grpcHealthCheck, HEALTHY } from '../../services/api-gateway/clients/health-check.ts';
import { createMetrics } from '../../services/api-gateway/metrics.ts';
import { consumeMqtt } from '../../services/api-gateway/recorder/mqtt-consumer.ts';
import { start as startEmbeddedBroker } from '../../services/launcher/broker/service.ts';
import { startMosquitto, type TestBroker } from '../support/gateway-broker.ts';
import { createGatewayWorld } from '../support/gateway-harness.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { makeSecrets, startShippedMosquitto, type ShippedMosquitto } from '../support/shipped-mosquitto.ts';
import { until } from '../support/until.ts';

const logger = createLogger('test', 'silent');

describeWithPrograms(['openssl', 'mosquitto'], 'the shipped broker configuration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-acl-'));
  let broker: ShippedMosquitto;
  beforeAll(async () => {
    mkdirSync(join(folder, 'secrets'));
    makeSecrets(join(folder, 'secrets'));
    broker = await startShippedMosquitto(join(folder, 'secrets'), folder);
  });
  afterAll(async () => {
    await broker.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const TOPICS = [
    'skyscan/sessions/1/points',
    'skyscan/sessions/1/status',
    'skyscan/rotors/1/position',
    'skyscan/rotors/1/characterisation',
    'skyscan/services/api-gateway/status',
    'skyscan/services/scan-orchestrator/status',
    'skyscan/services/rotor-driver/status',
    'skyscan/services/sdr-sampler/status',
    'skyscan/rotors/1/scan',
    'skyscan/rotors/1/map',
    'skyscan/rotors/1/command/stop',
    'skyscan/rotors/1/command/park',
    'skyscan/rotors/1/result',
    'skyscan/sites/1/events',
    'homeassistant/device/skyscan_rotor_1/config',
    'homeassistant/status',
    'skyscan/anything',
    'sensors/wind',
    'elsewhere',
  ];
  const MAY_PUBLISH: Record<string, string[]> = {
    'api-gateway': [
      'skyscan/sessions/1/status',
      'skyscan/services/api-gateway/status',
      'skyscan/rotors/1/scan',
      'skyscan/rotors/1/map',
      'skyscan/rotors/1/result',
      'skyscan/sites/1/events',
      'homeassistant/device/skyscan_rotor_1/config',
    ],
    'scan-orchestrator': [
      'skyscan/sessions/1/points',
      'skyscan/sessions/1/status',
      'skyscan/services/scan-orchestrator/status',
    ],
    'rotor-driver': [
      'skyscan/rotors/1/position',
      'skyscan/rotors/1/characterisation',
      'skyscan/services/rotor-driver/status',
    ],
    'sdr-sampler': ['skyscan/services/sdr-sampler/status'],
    reader: [],
    'home-assistant': [
      'skyscan/rotors/1/command/stop',
      'skyscan/rotors/1/command/park',
      'homeassistant/status',
    ],
    operator: ['skyscan/rotors/1/command/stop', 'skyscan/rotors/1/command/park'],
    'stop-button': ['skyscan/rotors/1/command/stop'],
    sensors: ['sensors/wind'],
  };

  test.each(Object.entries(MAY_PUBLISH))('%s publishes on its own topics only', async (user, allowed) => {
    // Only the orchestrator may read everything.
    const observer = await mqtt.connectAsync(broker.url, broker.login('scan-orchestrator'));
    const seen: string[] = [];
    observer.on('message', (topic) => seen.push(topic));
    await observer.subscribeAsync('#', { qos: 1 });
    const client = await mqtt.connectAsync(broker.url, broker.login(user));
    for (const topic of TOPICS) await client.publishAsync(topic, user, { qos: 1 });
    // Delivered after all messages that were acknowledged before.
    await observer.publishAsync('skyscan/sessions/999/points', 'end', { qos: 1 });
    await until('the last message', () => seen.includes('skyscan/sessions/999/points'));
    expect(seen.slice(0, -1)).toEqual(allowed);
    await Promise.all([client.endAsync(true), observer.endAsync(true)]);
  });

  test.each([
    ['reader', true],
    ['home-assistant', true],
    ['operator', true],
    ['sensors', false],
  ])('%s may read the topics of Sky Scan: %s', async (user, reads) => {
    const client = await mqtt.connectAsync(broker.url, broker.login(user));
    const driver = await mqtt.connectAsync(broker.url, broker.login('rotor-driver'));
    const sensors = await mqtt.connectAsync(broker.url, broker.login('sensors'));
    const seen: string[] = [];
    client.on('message', (topic) => seen.push(topic));
    await client.subscribeAsync(['skyscan/#', 'sensors/#'], { qos: 1 });
    await driver.publishAsync('skyscan/rotors/1/position', '{}', { qos: 1 });
    await sensors.publishAsync('sensors/wind', '3', { qos: 1 });
    const expected = reads ? 'skyscan/rotors/1/position' : 'sensors/wind';
    await until('a message', () => seen.length > 0);
    expect(seen).toEqual([expected]);
    await Promise.all([client, driver, sensors].map((each) => each.endAsync(true)));
  });
});

describeWithPrograms(['mosquitto'], 'a broker whose access rules deny required topics', () => {
  let broker: TestBroker | undefined;
  afterEach(() => broker?.close());

  test.concurrent.each([
    ['publishing', ['topic read #']],
    ['reading', ['topic write #']],
    ['everything', ['topic readwrite other/#']],
  ])('%s: /health of the gateway names the topic', async (_denied, rules) => {
    const world = await createGatewayWorld({ GATEWAY_ID: 'api-gateway' }, () => startMosquitto(rules));
    try {
      await until('the denial in /health', async () => {
        const { body } = await world.gateway.get('/health');
        const { status, dependencies } = body as { status: string; dependencies: { mqtt: string } };
        return status === 'degraded' && dependencies.mqtt.includes('skyscan/services/api-gateway/status');
      });
    } finally {
      await world.close();
    }
  });

  test('a service that may publish its status but not its positions is also reported', async () => {
    broker = await startMosquitto(['topic readwrite skyscan/services/#']);
    const connection = connectService(broker.url);
    const server = await startGrpcServer({
      host: '127.0.0.1',
      port: 0,
      security: {},
      serviceName: RotorDriverDefinition.fullName,
      logger,
      onMqttTrouble: (listener) => connection.onTrouble(listener),
      add: () => undefined,
    });
    const health = grpcHealthCheck(RotorDriverDefinition.fullName, server.address, {}, () => HEALTHY);
    await until('the connection', () => connection.client.connected);
    expect(await health.check()).toEqual({ state: 'ok', message: 'ok' });
    await until('the denial', async () => {
      await connection.publish('skyscan/rotors/7/position', {}, { qos: 0, retained: true });
      return (await health.check()).state !== 'ok';
    });
    expect(await health.check()).toEqual({
      state: 'impaired',
      message: expect.stringMatching(/access rules \(ACL\)/) as string,
    });
    expect(connection.trouble()).toContain('skyscan/rotors/+/position');
    health.close();
    await server.close();
    await connection.close();
  });
});

describe('behind a broker that allows everything', () => {
  const lifecycle = createLifecycle(logger);
  let client: mqtt.MqttClient;
  beforeAll(async () => {
    const { port } = await startEmbeddedBroker({ MQTT_PORT: 0 }, logger, lifecycle);
    client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  });
  afterAll(async () => {
    await client.endAsync(true);
    await lifecycle.close();
  });

  test('every check succeeds', async () => {
    let verdicts = 0;
    const echo = new EchoCheck(client, () => verdicts++);
    // A retained message of an older connection exists when the check subscribes.
    for (const topic of ['skyscan/services/x/status', 'skyscan/rotors/7/position'])
      await client.publishAsync(topic, '{}', { qos: 1, retain: true });
    for (const topic of [
      'skyscan/services/x/status',
      'skyscan/rotors/7/position',
      'skyscan/rotors/8/position',
    ])
      await publish(echo, topic);
    await until('both kinds are checked', () => verdicts === 2);
    expect(echo.missing()).toEqual([]);
  });

  test('it says which topics it reads, until the check has ended', async () => {
    const topic = 'skyscan/services/w/status';
    const seen: boolean[] = [];
    let verdicts = 0;
    const echo = new EchoCheck(client, () => verdicts++);
    const onMessage = (name: string) => name === topic && seen.push(echo.reads(topic));
    client.on('message', onMessage);
    expect(echo.reads(topic)).toBe(false);
    await publish(echo, topic);
    await until('the verdict', () => verdicts === 1);
    client.off('message', onMessage);
    expect({ seen, reads: echo.reads(topic) }).toEqual({ seen: [true], reads: false });
  });

  test('the gateway drops none of its own messages, but those of others', async () => {
    const { port } = client.options;
    const settings = { MQTT_URL: `mqtt://127.0.0.1:${port}`, MQTT_BASE_TOPIC: 'skyscan' };
    const connection = createMqttConnection('gateway', '1', createTopics(), settings, logger);
    const metrics = createMetrics();
    const unused = () => Promise.reject(new Error('no message of a session is sent'));
    consumeMqtt({
      connection,
      intake: { point: unused, statusHint: unused },
      metrics,
      logger,
      nudge: () => undefined,
      signal: new AbortController().signal,
    });
    const countOf = async (counter: Counter) => (await counter.get()).values[0]?.value ?? 0;
    connection.client.connect();
    await until('it has connected', () => connection.client.connected);
    const { topics, client: own } = connection;
    const sent = [topics.sessionSources(3), topics.alerts, topics.alert(7)];
    for (const topic of sent) await connection.publish(topic, {}, { qos: 1, retained: true });
    // And its own status.
    await until('all echoes have come', async () => (await countOf(metrics.messagesKnown)) >= 4);
    expect(await countOf(metrics.messagesDropped)).toBe(0);
    await own.subscribeAsync('skyscan/elsewhere');
    await client.publishAsync('skyscan/elsewhere', '{}');
    await until('it is dropped', async () => (await countOf(metrics.messagesDropped)) === 1);
    await connection.close();
  });

  test('one lost echo is not reported: the next message soon after decides', async () => {
    const topic = 'skyscan/services/y/status';
    const reports: string[][] = [];
    const echo = new EchoCheck(client, () => reports.push(echo.missing()));
    await publish(echo, topic, 'another message');
    await until('the first verdict', () => reports.length === 1);
    expect(echo.dueInMs(topic)).toBeLessThanOrEqual(2_000);
    await until('the next check', () => echo.dueInMs(topic) === 0);
    await publish(echo, topic);
    await until('the second verdict', () => reports.length === 2);
    expect(reports).toEqual([[], []]);
    expect(echo.dueInMs(topic)).toBeGreaterThan(10_000);
  });

  test('two lost echoes in a row are reported', async () => {
    const topic = 'skyscan/services/z/status';
    let verdicts = 0;
    const echo = new EchoCheck(client, () => verdicts++);
    for (const count of [1, 2]) {
      await until('the check is due', () => echo.dueInMs(topic) === 0);
      await publish(echo, topic, 'another message');
      await until('the verdict', () => verdicts === count);
    }
    expect(echo.missing()).toEqual([topic]);
  });

  /** `sent`: instead of the message whose echo is expected. */
  async function publish(echo: EchoCheck, topic: string, sent = '{}'): Promise<void> {
    const acknowledged = echo.expect(topic, '{}');
    await client.publishAsync(topic, sent, { qos: 1, retain: true });
    acknowledged?.();
  }
});

function connectService(url: string): MqttConnection {
  const connection = createMqttConnection(
    'rotor-driver',
    '0.0.0',
    createTopics(),
    { MQTT_URL: url, MQTT_BASE_TOPIC: 'skyscan' },
    logger,
  );
  connection.client.connect();
  return connection;
}
