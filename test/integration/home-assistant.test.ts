import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { homeAssistantDeviceSchema, type HomeAssistantDevice } from '#contract/home-assistant';
import { rotorNotesMessageSchema, rotorScanMessageSchema } from '#contract/rotor-state-messages';
import { loadConfig } from '#shared/runtime/env';
import { configSchema } from '../../services/api-gateway/config.ts';
import { startAedes, startMosquitto, type TestBroker } from '../support/gateway-broker.ts';
import { createGatewayWorld, type GatewayWorld } from '../support/gateway-harness.ts';
import { addRotor, startTestScan } from '../support/gateway-scan.ts';
import { startNatsCluster } from '../support/nats-cluster.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { until } from '../support/until.ts';

// Discovery and state for Home Assistant, on every broker that the documentation names.

async function startNats(): Promise<TestBroker> {
  const cluster = await startNatsCluster();
  return { url: cluster.url.split(',')[0] ?? '', close: () => cluster.close() };
}

const BROKERS: [string, string[], () => Promise<TestBroker>][] = [
  ['aedes', [], () => startAedes()],
  ['Mosquitto', ['mosquitto'], () => startMosquitto()],
  ['NATS', ['nats-server'], startNats],
];

/** What a client that subscribes now and stays finds on the topics. */
class Reader {
  readonly last = new Map<string, Buffer>();
  readonly count = new Map<string, number>();

  constructor(client: mqtt.MqttClient) {
    client.on('message', (topic, payload) => {
      this.last.set(topic, payload);
      this.count.set(topic, (this.count.get(topic) ?? 0) + 1);
    });
  }

  json(topic: string): unknown {
    const payload = this.last.get(topic);
    return payload === undefined || payload.length === 0 ? undefined : JSON.parse(payload.toString());
  }

  device(topic: string): HomeAssistantDevice | undefined {
    const value = this.json(topic);
    return value === undefined ? undefined : homeAssistantDeviceSchema.parse(value);
  }
}

const configOf = (rotorId: number) => `homeassistant/device/skyscan_rotor_${rotorId}/config`;
const SITE = 'homeassistant/device/skyscan_site_1/config';

for (const [name, programs, startBroker] of BROKERS)
  describeWithPrograms(programs, `Home Assistant with ${name}`, () => {
    let world: GatewayWorld;
    let home: mqtt.MqttClient;
    let reader: Reader;

    beforeAll(async () => {
      world = await createGatewayWorld({ HOME_ASSISTANT: 'true' }, startBroker);
      home = await mqtt.connectAsync(world.broker.url, { protocolVersion: 4 });
      reader = new Reader(home);
      await home.subscribeAsync(['homeassistant/#', 'skyscan/rotors/#', 'skyscan/sites/#'], { qos: 1 });
    });
    afterAll(async () => {
      await home.endAsync(true);
      await world.close();
    });

    test('finds a device for each site and rotor, and no buttons', async () => {
      const id = await addRotor(world);
      const device = await until('the rotor', () => reader.device(configOf(id)));
      const site = await until('the site', () => reader.device(SITE));
      expect(device.dev).toMatchObject({ ids: [`skyscan_rotor_${id}`], via_device: site.dev.ids[0] });
      expect(Object.keys(device.cmps)).toEqual([
        ...['azimuth', 'elevation', 'moving', 'status', 'progress', 'eta', 'level', 'suspended', 'problem'],
        'map',
      ]);
      expect(device.cmps['azimuth']).toMatchObject({
        unit_of_measurement: '°',
        state_class: 'measurement',
        state_topic: `skyscan/rotors/${id}/position`,
      });
      const [status = ''] = device.availability.map(({ topic }) => topic);
      const gateway = new Reader(home);
      await home.subscribeAsync(status, { qos: 1 });
      expect(await until('its availability', () => gateway.json(status))).toMatchObject({ status: 'online' });
    });

    test('a client that subscribes later finds the same', async () => {
      const id = await addRotor(world);
      await until('the rotor', () => reader.device(configOf(id)));
      const late = await mqtt.connectAsync(world.broker.url, { protocolVersion: 4 });
      const found = new Reader(late);
      await late.subscribeAsync('homeassistant/#', { qos: 1 });
      expect(await until('the device', () => found.device(configOf(id)))).toEqual(
        reader.device(configOf(id)),
      );
      await late.endAsync(true);
    });

    test('publishes everything again when Home Assistant starts', async () => {
      const id = await addRotor(world);
      await until('the rotor', () => reader.device(configOf(id)));
      const before = reader.count.get(configOf(id)) ?? 0;
      await world.publish('homeassistant/status', 'online');
      await until('the device again', () => (reader.count.get(configOf(id)) ?? 0) > before);
    });

    test('follows the scan of a rotor: progress, level, notes, map', async () => {
      const scan = await startTestScan(world, { rows: 1, columns: 10 }, undefined, { notes: 'garden' });
      const topic = `skyscan/rotors/${scan.rotorId}/scan`;
      const state = () => {
        const value = reader.json(topic);
        return value === undefined ? undefined : rotorScanMessageSchema.parse(value);
      };
      await scan.setStatus('running');
      await scan.measure(5, -93.46);
      await until('the progress', () => state()?.progress_pct === 50);
      expect(state()).toMatchObject({ session_id: scan.id, level: -93.5, suspended: false, total: 10 });
      const notes = await until('the notes', () => reader.json(`skyscan/rotors/${scan.rotorId}/notes`));
      expect(rotorNotesMessageSchema.parse(notes)).toMatchObject({ session_id: scan.id, fault: null });
      const map = `skyscan/rotors/${scan.rotorId}/map`;
      const picture = await until('the map', () => reader.last.get(map));
      expect(picture.subarray(1, 4).toString()).toBe('PNG');
      expect(picture.length).toBeLessThan(256 * 1024);
      const unit = state()?.unit;
      expect(reader.device(configOf(scan.rotorId))?.cmps['level']).toMatchObject({
        unit_of_measurement: unit,
      });
      await scan.measure(5, -90);
      await scan.setStatus('completed');
      await until('the end', () => state()?.status === 'completed');
      await until('the last map', () => reader.last.get(map)?.equals(picture) === false);
    });

    test('removes the device and its state when the rotor is deleted', async () => {
      const id = await addRotor(world);
      await until('its state', () => reader.json(`skyscan/rotors/${id}/scan`));
      const { status } = await world.gateway.request(`/api/rotors/${id}`, { method: 'DELETE' });
      expect(status).toBe(204);
      await until('the removal', () => reader.last.get(configOf(id))?.length === 0);
      const late = await mqtt.connectAsync(world.broker.url, { protocolVersion: 4 });
      const found = new Reader(late);
      await late.subscribeAsync('homeassistant/#', { qos: 1 });
      await until('the site', () => found.last.has(SITE));
      expect(found.last.has(configOf(id))).toBe(false);
      await until(
        'the removal of its state',
        () => reader.last.get(`skyscan/rotors/${id}/scan`)?.length === 0,
      );
      await late.endAsync(true);
    });
  });

describeWithPrograms(['mosquitto'], 'a broker that denies discovery', () => {
  test('is reported by /health', async () => {
    const world = await createGatewayWorld({ HOME_ASSISTANT: 'true', GATEWAY_ID: 'gateway' }, () =>
      startMosquitto(['topic readwrite skyscan/#', 'topic read homeassistant/#']),
    );
    try {
      const { dependencies } = await until('the denial', async () => {
        const { body } = await world.gateway.get('/health');
        const health = body as { status: string; dependencies: { mqtt: string } };
        return health.dependencies.mqtt.includes('homeassistant') && health;
      });
      expect(dependencies.mqtt).toContain('homeassistant/device/+/config');
      expect(dependencies.mqtt).toContain('access rules (ACL)');
    } finally {
      await world.close();
    }
  });
});

describe('devices that were announced before', () => {
  test('are removed when Home Assistant is turned off or gets another prefix', async () => {
    const world = await createGatewayWorld({ HOME_ASSISTANT: 'true' });
    try {
      const home = await mqtt.connectAsync(world.broker.url, { protocolVersion: 4 });
      const reader = new Reader(home);
      await home.subscribeAsync(['homeassistant/#', 'house/#', 'skyscan/rotors/#'], { qos: 1 });
      const id = await addRotor(world);
      await until('the rotor', () => reader.device(configOf(id)));
      await world.gateway.close();
      const moved = await world.startGateway({ HOME_ASSISTANT_PREFIX: 'house' });
      await until('the other prefix', () => reader.device(configOf(id).replace('homeassistant', 'house')));
      await until('the removal', () => reader.last.get(configOf(id))?.length === 0);
      expect(reader.json(`skyscan/rotors/${id}/scan`)).toMatchObject({ status: 'idle' });
      await moved.close();
      const off = await world.startGateway({ HOME_ASSISTANT: 'false' });
      const gone = (topic: string) => reader.last.get(topic)?.length === 0;
      await until('everything is removed', () =>
        [configOf(id).replace('homeassistant', 'house'), `skyscan/rotors/${id}/scan`].every(gone),
      );
      await off.close();
      await home.endAsync(true);
    } finally {
      await world.close();
    }
  });
});

describe('two gateways', () => {
  test('the one that works for the site announces its devices, with its own availability', async () => {
    const world = await createGatewayWorld({ HOME_ASSISTANT: 'true', GATEWAY_ID: 'one' });
    try {
      const id = await addRotor(world);
      const home = await mqtt.connectAsync(world.broker.url, { protocolVersion: 4 });
      const reader = new Reader(home);
      await home.subscribeAsync('homeassistant/#', { qos: 1 });
      const availability = () => reader.device(configOf(id))?.availability.map(({ topic }) => topic);
      await until('the device', () => availability()?.join() === 'skyscan/services/one/status');
      const other = await world.startGateway({ GATEWAY_ID: 'two' });
      await world.gateway.close();
      world.gateway = other;
      await until('the other gateway', () => availability()?.join() === 'skyscan/services/two/status');
      await home.endAsync(true);
    } finally {
      await world.close();
    }
  });
});

describe('the configuration', () => {
  test.each([
    ['home/+', 'must be a topic without wildcards'],
    ['#', 'must be a topic without wildcards'],
    ['skyscan', 'must not contain the topics of MQTT_BASE_TOPIC'],
  ])('the prefix %s is refused at start', (prefix, reason) => {
    const env = {
      DATABASE_URL: 'postgres://sky@127.0.0.1/sky',
      MQTT_URL: 'mqtt://127.0.0.1',
      HOME_ASSISTANT_PREFIX: prefix,
    };
    expect(() => loadConfig(configSchema, env)).toThrow(`HOME_ASSISTANT_PREFIX: ${reason}`);
  });
});
