import { afterEach, describe, expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import type { PositionMessage } from '#contract/mqtt-messages';
import { startAedes } from '../support/gateway-broker.ts';
import { createGatewayWorld, type Gateway } from '../support/gateway-harness.ts';
import { addRotor } from '../support/gateway-scan.ts';
import { openSocket, upgradeStatus, type TestSocket } from '../support/gateway-sockets.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

interface Position extends PositionMessage {
  rotor_id: number;
}

const world = useGatewayWorld();
const sockets: TestSocket<Position>[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) {
    socket.close();
    await socket.closed;
  }
});

async function watch(id: number, gateway: Gateway = world.gateway): Promise<TestSocket<Position>> {
  const socket = await openSocket<Position>(`${gateway.wsUrl}/ws/rotors/${id}`);
  sockets.push(socket);
  return socket;
}
function at(azimuth: number, more: Partial<PositionMessage> = {}): PositionMessage {
  const timestamp = '2026-02-14T02:00:00.000Z';
  return { azimuth, elevation: 30, moving: false, setpoint: null, timestamp, ...more };
}
const publish = (id: number, payload: unknown, world_ = world) =>
  world_.publish(`skyscan/rotors/${id}/position`, payload, true);
const azimuths = ({ messages }: TestSocket<Position>) => messages.map(({ azimuth }) => azimuth);

describe('a position viewer', () => {
  test('gets the current position at once, then every new one', async () => {
    const id = await addRotor(world);
    await publish(id, at(10));
    const viewer = await watch(id);
    await until('the retained position', () => viewer.messages.length === 1);
    expect(viewer.messages[0]).toEqual({ rotor_id: id, ...at(10) });
    const moving = at(12, { moving: true, setpoint: { azimuth: 20, elevation: 30 } });
    await publish(id, moving);
    await until('the move', () => viewer.messages.length === 2);
    expect(viewer.messages[1]).toEqual({ rotor_id: id, ...moving });
  });

  test('makes the gateway query the position; a later viewer gets the known one', async () => {
    const id = await addRotor(world);
    const asked = () => world.driver.calls.filter(([method, rotor]) => method === 'position' && rotor === id);
    await watch(id);
    await until('the position query', () => asked().length === 1);
    await publish(id, at(10));
    const second = await watch(id);
    await until('the position', () => second.messages.length > 0);
    expect([azimuths(second), asked().length]).toEqual([[10], 1]);
  });

  test('waits for a rotor that does not respond', async () => {
    const id = await addRotor(world);
    world.driver.failure = new SkyScanError('unavailable', 'rotctld at 127.0.0.1:4533 does not answer');
    const viewer = await watch(id);
    world.driver.failure = undefined;
    await publish(id, at(50));
    await until('the position', () => viewer.messages.length > 0);
    expect(azimuths(viewer)).toEqual([50]);
  });

  test('gets no messages of other rotors and no invalid positions', async () => {
    const [id, other] = [await addRotor(world), await addRotor(world)];
    const viewer = await watch(id);
    const wrong = [
      'not JSON',
      '[]',
      '',
      { ...at(3), azimuth: '3' },
      { ...at(4), moving: 'no' },
      { ...at(5), timestamp: 'noon' },
      { ...at(6), setpoint: { azimuth: 1 } },
      { ...at(7), padding: 'x'.repeat(5_000) },
    ];
    await publish(id, at(1));
    await until('the first one, which means that the rotor is watched', () => azimuths(viewer).length === 1);
    await publish(other, at(2));
    for (const payload of wrong) await publish(id, payload);
    await publish(id, at(8));
    await until('the last one', () => azimuths(viewer).at(-1) === 8);
    expect(azimuths(viewer)).toEqual([1, 8]);
    const metrics = await world.gateway.get('/metrics');
    expect(metrics.text).toContain('skyscan_mqtt_messages_dropped_total{reason="not a position"} 7');
  });

  test('gets null when rotor-driver reports no setpoint', async () => {
    const id = await addRotor(world);
    const { setpoint: _, ...old } = at(33);
    const viewer = await watch(id);
    await publish(id, old);
    await until('the position', () => viewer.messages.length > 0);
    expect(viewer.messages[0]).toEqual({ rotor_id: id, ...at(33) });
  });

  test('is disconnected when its rotor is deleted', async () => {
    const id = await addRotor(world);
    const viewer = await watch(id);
    expect((await world.gateway.request(`/api/rotors/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await viewer.closed).toEqual({ code: 4404, reason: 'Rotor not found' });
  });

  test.each(['999', '0', '-1', 'x', '01', '99999999999', '%31'])(
    'of unknown rotor %s gets 4404',
    async (id) => {
      const viewer = await openSocket<Position>(`${world.gateway.wsUrl}/ws/rotors/${id}`);
      expect(await viewer.closed).toEqual({ code: 4404, reason: 'Rotor not found' });
      expect(viewer.messages).toEqual([]);
    },
  );
});

test('gets positions while the database is down and after a broker outage', async () => {
  let broker = await startAedes();
  const port = Number(new URL(broker.url).port);
  const own = await createGatewayWorld({}, () => Promise.resolve(broker));
  const { body } = await own.gateway.post('/api/rotors', { name: 'rotor' });
  const { id } = body as { id: number };
  const viewer = await watch(id, own.gateway);
  await publish(id, at(1), own);
  await until('the first', () => azimuths(viewer).includes(1));
  await own.database.drop();
  const point = { session_id: 1, status: 'running', point: null };
  await own.publish('skyscan/sessions/1/status', point);
  await publish(id, at(2), own);
  await until('one without a database', () => azimuths(viewer).includes(2));
  await broker.close();
  broker = await startAedes(port);
  await until('one after the broker outage', async () => {
    await publish(id, at(3), own).catch(() => undefined);
    return azimuths(viewer).includes(3);
  });
  expect(new Set(azimuths(viewer))).toEqual(new Set([1, 2, 3]));
  viewer.close();
  await viewer.closed;
  await own.gateway.close();
  await own.mqtt.endAsync(true);
  await Promise.all([own.orchestrator.close(), own.driver.close(), broker.close()]);
});

describe('position viewers are refused', () => {
  test('from a page of another origin and without the key', async () => {
    const id = await addRotor(world);
    const KEY = 'a-key-of-24-characters-x';
    const locked = await world.startGateway({ API_KEYS: KEY, GATEWAY_ID: 'locked' });
    const url = `${locked.wsUrl}/ws/rotors/${id}`;
    try {
      expect(await upgradeStatus(url, { origin: 'https://evil.example' })).toBe(403);
      expect(await upgradeStatus(url)).toBe(401);
      const viewer = await openSocket<Position>(url, ['skyscan', `bearer.${KEY}`]);
      await publish(id, at(77));
      await until('the position', () => viewer.messages.length > 0);
      viewer.close();
    } finally {
      await locked.close();
    }
  });

  test('above MAX_VIEWERS, counted together with point viewers', async () => {
    const id = await addRotor(world);
    const small = await world.startGateway({ MAX_VIEWERS: '2', GATEWAY_ID: 'small' });
    try {
      const viewers = [await watch(id, small), await watch(id, small)];
      expect(await upgradeStatus(`${small.wsUrl}/ws/rotors/${id}`)).toBe(503);
      expect(await upgradeStatus(`${small.wsUrl}/ws/skyscan/1`)).toBe(503);
      for (const viewer of viewers) viewer.close();
    } finally {
      await small.close();
    }
  });
});
