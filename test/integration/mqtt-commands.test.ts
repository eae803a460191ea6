import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  commandResultMessageSchema,
  type CommandResultMessage,
  type MqttCommand,
} from '#contract/command-messages';
import { homeAssistantDeviceSchema } from '#contract/home-assistant';
import { SkyScanError } from '#shared/base/errors';
import { startAedes, startMosquitto, type TestBroker } from '../support/gateway-broker.ts';
import { createGatewayWorld, type GatewayWorld } from '../support/gateway-harness.ts';
import { addRotor, startTestScan } from '../support/gateway-scan.ts';
import { startNatsCluster } from '../support/nats-cluster.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { makeSecrets, startShippedMosquitto } from '../support/shipped-mosquitto.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

// Commands over MQTT with fake services: what reaches the hardware, and what the sender is told.

let ids = 0;
const newId = () => `test-${process.pid}-${ids++}`;

/** Sends commands and collects the answers. */
class Sender {
  readonly results: CommandResultMessage[] = [];
  readonly #client: MqttClient;

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on('message', (topic, payload) => {
      if (topic.endsWith('/result'))
        this.results.push(commandResultMessageSchema.parse(JSON.parse(payload.toString())));
    });
  }

  static async connect(url: string, options: mqtt.IClientOptions = {}): Promise<Sender> {
    const client = await mqtt.connectAsync(url, { protocolVersion: 4, ...options });
    await client.subscribeAsync('skyscan/rotors/+/result', { qos: 1 });
    return new Sender(client);
  }

  async publish(rotorId: number, command: string, payload: unknown, retain = false): Promise<void> {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    await this.#client.publishAsync(`skyscan/rotors/${rotorId}/command/${command}`, text, { qos: 1, retain });
  }

  /** Sends a valid command; resolves with the answer. */
  async send(rotorId: number, command: MqttCommand, fields: object = {}): Promise<CommandResultMessage> {
    const id = newId();
    await this.publish(rotorId, command, { id, sent_at: new Date().toISOString(), ...fields });
    return this.answerTo(id);
  }

  answerTo(id: string): Promise<CommandResultMessage> {
    return until(`the answer to ${id}`, () => this.results.find((result) => result.id === id));
  }

  close = () => this.#client.endAsync(true);
}

const ready = (world: GatewayWorld) =>
  until('the gateway works for the site', async () => {
    const sender = await Sender.connect(world.broker.url);
    const probe = newId();
    await sender.publish(1_000_000, 'stop', { id: probe });
    try {
      return await until('an answer', () => sender.results.find(({ id }) => id === probe), 1_000);
    } finally {
      await sender.close();
    }
  });

async function startNats(): Promise<TestBroker> {
  const cluster = await startNatsCluster();
  return { url: cluster.url.split(',')[0] ?? '', close: () => cluster.close() };
}

const BROKERS: [string, string[], () => Promise<TestBroker>][] = [
  ['aedes', [], () => startAedes()],
  ['Mosquitto', ['mosquitto'], () => startMosquitto()],
  ['NATS', ['nats-server'], startNats],
];

for (const [name, programs, startBroker] of BROKERS)
  describeWithPrograms(programs, `commands with ${name}`, () => {
    let world: GatewayWorld;
    let sender: Sender;
    beforeAll(async () => {
      world = await createGatewayWorld({ MQTT_COMMANDS: 'all' }, startBroker);
      await ready(world);
      sender = await Sender.connect(world.broker.url);
    });
    afterAll(async () => {
      await sender.close();
      await world.close();
    });
    const callsOf = (id: number) => world.driver.calls.filter(([, rotor]) => rotor === id);

    test('stop and park reach the rotor once each', async () => {
      const id = await addRotor(world);
      expect(await sender.send(id, 'park')).toMatchObject({ status: 'done', command: 'park', rotor_id: id });
      expect(await sender.send(id, 'stop')).toMatchObject({ status: 'done', message: 'stopped' });
      expect(callsOf(id).map(([method]) => method)).toEqual(['park', 'stop']);
    });

    test('a command that is repeated is executed once', async () => {
      const id = await addRotor(world);
      const command = { id: newId(), sent_at: new Date().toISOString() };
      for (let time = 0; time < 3; time++) await sender.publish(id, 'park', command);
      await until(
        'three answers',
        () => sender.results.filter((each) => each.id === command.id).length === 3,
      );
      const statuses = sender.results.filter((each) => each.id === command.id).map(({ status }) => status);
      expect(statuses.sort()).toEqual(['done', 'refused', 'refused']);
      expect(callsOf(id)).toHaveLength(1);
    });

    test('a retained command is refused by a gateway that starts, and moves nothing', async () => {
      const id = await addRotor(world);
      await world.gateway.close();
      const command = { id: newId(), sent_at: new Date().toISOString() };
      await sender.publish(id, 'park', command, true);
      world.gateway = await world.startGateway();
      expect(await sender.answerTo(command.id)).toMatchObject({
        status: 'refused',
        message: expect.stringContaining('retained') as string,
      });
      expect(callsOf(id)).toEqual([]);
      await sender.publish(id, 'park', '', true);
    });
  });

describe('commands', () => {
  let world: GatewayWorld;
  let sender: Sender;
  beforeAll(async () => {
    world = await createGatewayWorld({ MQTT_COMMANDS: 'all', HOME_ASSISTANT: 'true' });
    await ready(world);
    sender = await Sender.connect(world.broker.url);
  });
  afterAll(async () => {
    await sender.close();
    await world.close();
  });

  test('pause, resume and cancel act on the scan of the rotor', async () => {
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    await scan.untilStatus('running');
    const { rotorId } = scan;
    expect(await sender.send(rotorId, 'resume')).toMatchObject({
      status: 'refused',
      message: "Cannot resume scan in 'running' state (must be paused)",
    });
    expect(await sender.send(rotorId, 'pause', { session_id: scan.id + 1 })).toMatchObject({
      status: 'refused',
      message: `Session ${scan.id + 1} is not one of rotor ${rotorId}`,
    });
    expect(await sender.send(rotorId, 'pause')).toMatchObject({ status: 'done', session_id: scan.id });
    await scan.untilStatus('paused');
    expect(await sender.send(rotorId, 'park')).toMatchObject({
      status: 'refused',
      message: 'Cannot move rotor while a scan is active',
    });
    expect(await sender.send(rotorId, 'cancel')).toMatchObject({ status: 'done', session_id: scan.id });
    await scan.untilStatus('cancelled');
    expect(await sender.send(rotorId, 'cancel')).toMatchObject({
      status: 'refused',
      message: `Cannot cancel: rotor ${rotorId} has no scan`,
    });
  });

  test('start begins the scan of a schedule now, or not at all', async () => {
    const rotorId = await addRotor(world);
    const scan = {
      rotor_id: rotorId,
      ...{ az_start: 0, az_end: 9, el_start: 10, el_end: 10, step_deg: 1, rssi_iterations: 1 },
    };
    const { body } = await world.gateway.post('/api/schedules', {
      name: 'Horizon',
      trigger: { kind: 'cron', expression: '0 3 * * *' },
      scan,
    });
    const { id } = body as { id: number };
    const started = await sender.send(rotorId, 'start', { schedule_id: id });
    expect(started).toMatchObject({ status: 'done', message: expect.stringContaining('started') as string });
    const runs = (await world.gateway.get(`/api/schedules/${id}/runs`)).body;
    expect(runs).toMatchObject([{ status: 'started', session_id: started.session_id }]);
    expect(await sender.send(rotorId, 'start', { schedule_id: id })).toMatchObject({
      status: 'refused',
      message: `Cannot start: rotor ${rotorId} has a scan`,
    });
    const other = await addRotor(world);
    expect(await sender.send(other, 'start', { schedule_id: id })).toMatchObject({
      status: 'refused',
      message: `Schedule ${id} is not one of rotor ${other}`,
    });
    expect((await world.gateway.get(`/api/schedules/${id}/runs`)).body).toHaveLength(1);
  });

  test.each<[string, string, () => object | string, RegExp]>([
    ['malformed', 'park', () => 'PRESS', /malformed: not JSON/],
    ['old', 'park', () => ({ id: newId(), sent_at: '2026-01-01T00:00:00Z' }), /compare the clocks/],
    ['without a time', 'park', () => ({ id: newId() }), /sent_at is missing/],
  ])('a command that is %s is refused and answered', async (_what, command, payload, reason) => {
    const id = await addRotor(world);
    await sender.publish(id, command, payload());
    const answer = await until('the answer', () => sender.results.find(({ rotor_id }) => rotor_id === id));
    expect(answer).toMatchObject({ status: 'refused', message: expect.stringMatching(reason) as string });
    expect(world.driver.calls.filter(([, rotor]) => rotor === id)).toEqual([]);
  });

  test('a command for a rotor that does not exist is refused', async () => {
    expect(await sender.send(999_999, 'park')).toMatchObject({
      status: 'refused',
      message: 'there is no rotor 999999',
    });
  });

  test('a failure of the hardware is reported', async () => {
    const id = await addRotor(world);
    world.driver.failure = new SkyScanError('hardware_fault', 'stalled at az 10 el 20');
    try {
      expect(await sender.send(id, 'park')).toMatchObject({ status: 'failed' });
    } finally {
      world.driver.failure = undefined;
    }
  });

  test('the buttons of Home Assistant send commands that are accepted', async () => {
    const id = await addRotor(world);
    const home = await mqtt.connectAsync(world.broker.url, { protocolVersion: 4 });
    let config: unknown;
    home.on('message', (_topic, payload) => {
      config = JSON.parse(payload.toString());
    });
    await home.subscribeAsync(`homeassistant/device/skyscan_rotor_${id}/config`, { qos: 1 });
    await until('the device', () => config !== undefined);
    const { cmps } = homeAssistantDeviceSchema.parse(config);
    const buttons = Object.values(cmps).filter((component) => component.p === 'button');
    expect(buttons.map((button) => 'name' in button && button.name)).toEqual([
      ...['Stop', 'Park', 'Pause', 'Resume', 'Cancel scan'],
    ]);
    const [, park] = buttons;
    if (!park || !('command_topic' in park)) throw new Error('no park button');
    expect(park).toMatchObject({ retain: false, command_topic: `skyscan/rotors/${id}/command/park` });
    await home.endAsync(true);
  });
});

describe('MQTT_COMMANDS', () => {
  test('stop: the other commands are refused', async () => {
    const world = await createGatewayWorld({ MQTT_COMMANDS: 'stop' });
    try {
      await ready(world);
      const sender = await Sender.connect(world.broker.url);
      const id = await addRotor(world);
      expect(await sender.send(id, 'park')).toMatchObject({
        status: 'refused',
        message: 'the command is not enabled: MQTT_COMMANDS allows stop',
      });
      expect(await sender.send(id, 'stop')).toMatchObject({ status: 'done' });
      await sender.close();
    } finally {
      await world.close();
    }
  });

  test('off by default: nothing subscribes to commands', async () => {
    const world = await createGatewayWorld();
    try {
      const sender = await Sender.connect(world.broker.url);
      const id = await addRotor(world);
      await sender.publish(id, 'stop', { id: newId() });
      // Handled after the command, if anything did.
      const scan = await startTestScan(world, undefined, id);
      await scan.setStatus('running');
      await scan.measure(1);
      await scan.untilStored(1);
      expect(world.driver.calls.filter(([method]) => method === 'stop')).toEqual([]);
      expect(sender.results).toEqual([]);
      await sender.close();
    } finally {
      await world.close();
    }
  });
});

describe('two gateways beside each other', () => {
  test('execute every command once, also when one of them ends', async () => {
    const world = await createGatewayWorld({ MQTT_COMMANDS: 'all' });
    try {
      await ready(world);
      const other = await world.startGateway();
      const sender = await Sender.connect(world.broker.url);
      const id = await addRotor(world);
      const count = 20;
      const answers = await Promise.all(Array.from({ length: count }, () => sender.send(id, 'park')));
      expect(answers.every(({ status }) => status === 'done')).toBe(true);
      expect(world.driver.calls.filter(([, rotor]) => rotor === id)).toHaveLength(count);
      await world.gateway.close();
      expect(await sender.send(id, 'park')).toMatchObject({ status: 'done' });
      expect(world.driver.calls.filter(([, rotor]) => rotor === id)).toHaveLength(count + 1);
      expect(sender.results).toHaveLength(count + 1);
      await sender.close();
      world.gateway = other;
    } finally {
      await world.close();
    }
  });
});

describe('without the database', () => {
  test('stop reaches the rotor', async () => {
    const proxy = await startTcpProxy();
    const world = await createGatewayWorld({}, startAedes);
    try {
      proxy.targetPort = Number(new URL(world.database.url).port);
      const url = new URL(world.database.url);
      url.host = proxy.address;
      const gateway = await world.startGateway({ MQTT_COMMANDS: 'all', DATABASE_URL: url.href });
      await world.gateway.close();
      world.gateway = gateway;
      await ready(world);
      const sender = await Sender.connect(world.broker.url);
      const id = await addRotor(world);
      proxy.setCondition({ kind: 'silent' });
      expect(await sender.send(id, 'stop')).toMatchObject({ status: 'done' });
      expect(world.driver.calls.filter(([, rotor]) => rotor === id)).toEqual([['stop', id]]);
      await sender.close();
      proxy.setCondition({ kind: 'normal' });
    } finally {
      await world.close();
      await proxy.close();
    }
  });
});

describeWithPrograms(['openssl', 'mosquitto'], 'with the shipped broker configuration', () => {
  test('only users of the roles can send commands', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sky-scan-commands-'));
    mkdirSync(join(folder, 'secrets'));
    makeSecrets(join(folder, 'secrets'));
    const broker = await startShippedMosquitto(join(folder, 'secrets'), folder);
    const { username = '', password = '' } = broker.login('api-gateway');
    const reading = new URL(broker.url);
    Object.assign(reading, broker.login('reader'));
    const world = await createGatewayWorld(
      {
        MQTT_COMMANDS: 'all',
        HOME_ASSISTANT: 'true',
        GATEWAY_ID: 'api-gateway',
        MQTT_URL: broker.url,
        MQTT_USERNAME: username,
        MQTT_PASSWORD: password.toString(),
      },
      () => Promise.resolve({ url: reading.href, close: () => broker.close() }),
    ).catch(async (error: unknown) => {
      await broker.close();
      throw error;
    });
    try {
      const as = (user: string) => Sender.connect(broker.url, broker.login(user));
      const [reader, button, operator] = await Promise.all(['reader', 'stop-button', 'operator'].map(as));
      if (!reader || !button || !operator) throw new Error('unreachable');
      const id = await addRotor(world);
      expect(await operator.send(id, 'park')).toMatchObject({ status: 'done' });
      await reader.publish(id, 'stop', { id: newId() });
      await button.publish(id, 'park', { id: newId(), sent_at: new Date().toISOString() });
      expect(await button.send(id, 'stop')).toMatchObject({ status: 'done' });
      expect(world.driver.calls.filter(([, rotor]) => rotor === id).map(([method]) => method)).toEqual([
        'park',
        'stop',
      ]);
      // Everything that Home Assistant needs is allowed.
      const { body } = await world.gateway.get('/health');
      expect(body).toMatchObject({ dependencies: { mqtt: 'ok' } });
      await Promise.all([reader, button, operator].map((each) => each.close()));
    } finally {
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
