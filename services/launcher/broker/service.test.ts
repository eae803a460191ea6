import { connect } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLifecycle, type Lifecycle } from '#shared/runtime/lifecycle';
import { createLogger } from '#shared/runtime/logger';
import { start } from './service.ts';

const logger = createLogger('test', 'silent');
const PASSWORD = 'password-of-the-services';
const OPERATOR_PASSWORD = 'password-of-the-operator';
let lifecycle: Lifecycle;
let url: string;
let port: number;

beforeEach(async () => {
  lifecycle = createLifecycle(logger);
  const config = {
    MQTT_PORT: 0,
    MQTT_PASSWORD: PASSWORD,
    MQTT_OPERATOR_PASSWORD: OPERATOR_PASSWORD,
    MQTT_BASE_TOPIC: 'skyscan',
  };
  ({ port } = await start(config, logger, lifecycle));
  url = `mqtt://127.0.0.1:${port}`;
});
afterEach(() => lifecycle.close());

const join = (options: mqtt.IClientOptions = {}) =>
  mqtt.connectAsync(url, { reconnectPeriod: 0, ...options });
const asService = (clientId = 'service') => join({ username: 'skyscan', password: PASSWORD, clientId });

test('a client without a login receives what the services publish', async () => {
  const [service, reader] = await Promise.all([asService(), join()]);
  await reader.subscribeAsync('skyscan/#');
  const received = next(reader);
  await service.publishAsync('skyscan/sessions/1/status', 'running', { qos: 1 });
  expect(await received).toBe('skyscan/sessions/1/status running');
  await end(service, reader);
});

test.each(['skyscan/sessions/1/status', 'skyscan/rotors/1/position', 'skyscan/services/x/status'])(
  'a client without a login cannot publish on %s, not even as its last will',
  async (topic) => {
    const reader = await join();
    const seen: string[] = [];
    reader.on('message', (name) => seen.push(name));
    await reader.subscribeAsync('#');
    const forger = await join({ will: { topic, payload: Buffer.from('forged'), qos: 1, retain: true } });
    const closed = new Promise<void>((resolve) => forger.once('close', () => resolve()));
    forger.publish(topic, 'forged', { qos: 1, retain: true });
    await closed;
    const service = await asService();
    const received = new Promise((resolve) =>
      reader.on('message', (name) => name === 'skyscan/end' && resolve(name)),
    );
    await service.publishAsync('skyscan/end', '', { qos: 1 });
    await received;
    expect(seen.filter((name) => !name.startsWith('$SYS/'))).toEqual(['skyscan/end']);
    await end(reader, forger, service);
  },
);

test('a client without a login publishes on other topics, such as weather', async () => {
  const [weather, reader] = await Promise.all([join(), asService()]);
  await reader.subscribeAsync('garden/wind');
  const received = next(reader);
  await weather.publishAsync('garden/wind', '12', { qos: 1 });
  expect(await received).toBe('garden/wind 12');
  await end(weather, reader);
});

test('a wrong login and the identifier of a service are refused', async () => {
  const service = await asService('skyscan-rotor-driver');
  await expect(join({ username: 'skyscan', password: 'guessed' })).rejects.toThrow(/authori/i);
  await expect(join({ username: 'other', password: PASSWORD })).rejects.toThrow(/authori/i);
  await expect(join({ clientId: 'skyscan-rotor-driver' })).rejects.toThrow(/authori/i);
  await service.publishAsync('skyscan/still', 'here', { qos: 1 });
  await end(service);
});

test('an operator sends commands, and nothing else below the base topic', async () => {
  const reader = await asService();
  const seen: string[] = [];
  reader.on('message', (topic) => seen.push(topic));
  await reader.subscribeAsync('skyscan/#', { qos: 1 });
  const operator = () => join({ username: 'operator', password: OPERATOR_PASSWORD });
  const allowed = await operator();
  await allowed.publishAsync('skyscan/rotors/1/command/stop', '{}', { qos: 1 });
  for (const topic of [
    'skyscan/rotors/1/position',
    'skyscan/rotors/1/command/fly',
    'skyscan/sessions/1/points',
  ]) {
    const refused = await operator();
    const closed = new Promise<void>((resolve) => refused.once('close', () => resolve()));
    refused.publish(topic, '{}', { qos: 1 });
    await closed;
  }
  await expect(join({ username: 'operator', password: PASSWORD })).rejects.toThrow(/authori/i);
  await reader.publishAsync('skyscan/end', '', { qos: 1 });
  await expect.poll(() => seen.at(-1)).toBe('skyscan/end');
  expect(seen).toEqual(['skyscan/rotors/1/command/stop', 'skyscan/end']);
  await end(reader, allowed);
});

test('an unfinished message of 200 MB is refused at its header', async () => {
  const socket = connect(port, '127.0.0.1');
  const connectPacket = Buffer.from([0x10, 13, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 1, 97]);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  socket.write(connectPacket);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.write(Buffer.concat([Buffer.from([0x30, 0x80, 0x84, 0xaf, 0x5f]), Buffer.alloc(1_000)]));
  await closed;
});

test('four unfinished messages of 200 MB are not buffered', async () => {
  const memory = () => process.memoryUsage().arrayBuffers;
  const before = memory();
  const connectPacket = Buffer.from([0x10, 13, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 1]);
  const chunk = Buffer.alloc(1024 * 1024);
  let mostBytes = 0;
  await Promise.all(
    ['a', 'b', 'c', 'd'].map(async (id) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      const closed = new Promise<'closed'>((resolve) => socket.once('close', () => resolve('closed')));
      socket.write(Buffer.concat([connectPacket, Buffer.from(id)]));
      await new Promise((resolve) => socket.once('data', resolve));
      socket.write(Buffer.from([0x30, 0x80, 0x84, 0xaf, 0x5f]));
      for (let sent = 0; sent < 16; sent++) {
        await new Promise((resolve) => socket.write(chunk, resolve));
        mostBytes = Math.max(mostBytes, memory() - before);
      }
      expect(await closed).toBe('closed');
    }),
  );
  expect(mostBytes).toBeLessThan(16 * 1024 * 1024);
});

function next(client: MqttClient): Promise<string> {
  return new Promise((resolve) =>
    client.once('message', (topic, payload) => resolve(`${topic} ${payload.toString()}`)),
  );
}

async function end(...clients: MqttClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.endAsync(true)));
}
