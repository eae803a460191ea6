import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { listenTo, NUDGES } from '../../services/api-gateway/store/listen.ts';
import { startFakeOrchestrator, type FakeOrchestrator } from '../support/gateway-orchestrator.ts';
import { startFakeRotorDriver } from '../support/gateway-rotor-driver.ts';
import { createGatewayWorld, type Gateway, type GatewayWorld } from '../support/gateway-harness.ts';
import { addRotor, pointsStoredBy, startTestScan, upTo } from '../support/gateway-scan.ts';
import { openSocket, seqsOf } from '../support/gateway-sockets.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

// Of several gateways one works for a site; the others show what arrives over MQTT.

describe('of two gateways', () => {
  let world: GatewayWorld;
  let second: Gateway;
  beforeAll(async () => {
    world = await createGatewayWorld();
    second = await world.startGateway({ GATEWAY_ID: 'second' });
  });
  afterAll(async () => {
    await second.close();
    await world.close();
  });

  test('one records, and viewers of both get every point and status', async () => {
    const scan = await startTestScan(world);
    const sockets = await Promise.all(
      [world.gateway, second].map(({ wsUrl }) => openSocket(`${wsUrl}/ws/skyscan/${scan.id}?after=0`)),
    );
    await scan.setStatus('running');
    await scan.measure(10);
    await scan.setStatus('completed');
    for (const socket of sockets) {
      await socket.closed;
      expect(seqsOf(socket)).toEqual(upTo(10));
      expect(socket.messages.at(-1)).toMatchObject({ status: 'completed', point: null });
    }
    expect([await pointsStoredBy(world.gateway), await pointsStoredBy(second)]).toEqual([10, 0]);
  });

  test('the other shows points without the database, and gaps when the first has closed them', async () => {
    const scan = await startTestScan(world);
    const socket = await openSocket(`${second.wsUrl}/ws/skyscan/${scan.id}?after=0`);
    await scan.setStatus('running');
    await until('it is running', () => socket.messages.at(-1)?.status === 'running');
    await scan.measure(2);
    await until('two points', () => seqsOf(socket).length === 2);
    world.orchestrator.measure(scan.id); // its message is lost
    await scan.measure(2);
    await until('five points', () => seqsOf(socket).length === 5);
    expect(seqsOf(socket)).toEqual(upTo(5));
    await scan.setStatus('cancelled');
    await socket.closed;
  });

  test('the other shows no point that cannot belong to the session', async () => {
    const scan = await startTestScan(world);
    const socket = await openSocket(`${second.wsUrl}/ws/skyscan/${scan.id}?after=0`);
    await scan.setStatus('running');
    await until('it is running', () => socket.messages.at(-1)?.status === 'running');
    const point = world.orchestrator.measure(scan.id);
    const topic = `skyscan/sessions/${scan.id}/points`;
    await world.publish(topic, { ...point, site: 'hill' });
    await world.publish(topic, {
      ...point,
      measurement: { ...point.measurement, setpoint: { azimuth: 200, elevation: 10 } },
    });
    await world.publish(topic, point);
    await until('the point', () => seqsOf(socket).length > 0);
    expect(seqsOf(socket)).toEqual([1]);
    expect(socket.messages.find(({ point: shown }) => shown)?.point).toMatchObject(point.point);
    await scan.setStatus('cancelled');
    await socket.closed;
  });

  test('the other asks the first to reconcile after a request', async () => {
    const nudges: string[] = [];
    const close = listenTo([world.database.url], [NUDGES], (notification) => {
      nudges.push(notification?.payload ?? 'listening');
    });
    await until('the test listens', () => nudges.length === 1);
    const lists = () => world.orchestrator.calls.filter((call) => call === 'listSessions').length;
    const before = lists();
    const scan = await startTestScan({ ...world, gateway: second });
    await until('the request for site 1', () => nudges.includes('1'));
    await until('it lists its sessions', () => lists() > before, 10_000);
    const count = nudges.length;
    await world.gateway.post(`/api/skyscan/${scan.id}/cancel`);
    await scan.untilStatus('cancelled');
    expect(nudges).toHaveLength(count);
    await close();
  });

  test('each reports a site that it reaches again, whether it works for it or not', async () => {
    const services = await Promise.all([startFakeOrchestrator('hill'), startFakeRotorDriver('hill')]);
    const proxies = await Promise.all(
      services.map(({ address }) => startTcpProxy({ targetPort: Number(address.split(':')[1]) })),
    );
    onTestFinished(async () => {
      await Promise.all([...services, ...proxies].map((each) => each.close()));
    });
    const [orchestrator_address, rotor_driver_address] = proxies.map(({ address }) => address);
    const site = await world.gateway.post('/api/sites', {
      name: 'hill',
      orchestrator_address,
      rotor_driver_address,
    });
    const { id: site_id } = site.body as { id: number };
    const rotor = await world.gateway.post('/api/rotors', { name: 'on the hill', site_id });
    const path = `/api/rotors/${(rotor.body as { id: number }).id}/position`;
    const ofBoth = (ask: (gateway: Gateway) => Promise<unknown>) =>
      Promise.all([world.gateway, second].map(ask));
    const positions = () => ofBoth(async (gateway) => (await gateway.get(path)).status);
    // Only sites with a problem are listed.
    const states = () =>
      ofBoth(async (gateway) => {
        const { states: all } = (await gateway.get('/health')).body as { states: Record<string, string> };
        return all['site hill'] ?? 'ok';
      });
    await until('both reach it', async () => (await positions()).every((status) => status === 200));
    for (const proxy of proxies) proxy.setCondition({ kind: 'refuse' });
    await until('both report it', async () => {
      await positions();
      return (await states()).every((state) => state === 'away');
    });
    for (const proxy of proxies) proxy.setCondition({ kind: 'normal' });
    await until('both reach it again', async () => (await states()).every((state) => state === 'ok'));
  });

  test('the other takes over at once when the first one stops', async () => {
    const first = await world.startGateway({ GATEWAY_ID: 'first' });
    // `second` is the next after the gateway of the world; `first` stays behind it.
    await world.gateway.close();
    const scan = await startTestScan({ ...world, gateway: second });
    await scan.setStatus('running');
    await scan.measure(5);
    await scan.untilStored(5, second);
    const stored = [await pointsStoredBy(second), await pointsStoredBy(first)];
    expect(Math.max(...stored)).toBe(5);
    expect(Math.min(...stored)).toBe(0);
    await scan.setStatus('cancelled');
    await first.close();
  });
});

describe('two orchestrators that serve one site', () => {
  let world: GatewayWorld;
  let other: { orchestrator: FakeOrchestrator; gateway: Gateway };
  beforeAll(async () => {
    world = await createGatewayWorld();
    world.orchestrator.identity = { id: 'pi', run: '1' };
    // The gateway lists the sessions of its orchestrator, which tells who it is.
    const scan = await startTestScan(world);
    await scan.setStatus('cancelled');
    await scan.untilStatus('cancelled');
    const orchestrator = await startFakeOrchestrator();
    orchestrator.identity = { id: 'second-pi', run: '1' };
    const gateway = await world.startGateway({
      GATEWAY_ID: 'second',
      ORCHESTRATOR_ADDRESS: orchestrator.address,
    });
    other = { orchestrator, gateway };
  });
  afterAll(async () => {
    await other.gateway.close();
    await other.orchestrator.close();
    await world.close();
  });

  const CONFLICT =
    /^another scan-orchestrator \(pi, through gateway \S+\) serves this site; this one \(second-pi\) is not used\. Give one of them another SITE_NAME, or stop it$/;

  test('one works; the gateway of the other reports it and uses none of its services', async () => {
    await until('the conflict is reported', async () => {
      const { dependencies } = (await other.gateway.get('/health')).body as {
        dependencies: Record<string, string>;
      };
      return CONFLICT.test(dependencies['orchestrator'] ?? '');
    });
    const rotorId = await addRotor(world);
    for (const [path, body] of [
      ['/api/skyscan/start', { rotor_id: rotorId }],
      [`/api/rotors/${rotorId}/move`, { azimuth: 10, elevation: 20 }],
      [`/api/rotors/${rotorId}/stop`, undefined],
    ] as const) {
      const answer = await other.gateway.post(path, body);
      expect([path, answer.status]).toEqual([path, 503]);
      expect((answer.body as { detail: string }).detail).toMatch(CONFLICT);
    }
    const scan = await startTestScan(world, undefined, rotorId);
    await scan.setStatus('running');
    await scan.measure(3);
    await scan.untilStored(3);
    await scan.setStatus('cancelled');
    await scan.untilStatus('cancelled');
    expect(other.orchestrator.sessions.size).toBe(0);
    await until('the other one is told', () => CONFLICT.test(other.orchestrator.conflict ?? ''));
    expect(world.orchestrator.conflict).toBeUndefined();
    expect(other.orchestrator.calls.filter((call) => call !== 'listSessions')).toEqual([]);
  });

  test('a deleted rotor of another site is stopped through the gateway that must not use this one', async ({
    onTestFinished,
  }) => {
    const driver = await startFakeRotorDriver('hill');
    onTestFinished(() => driver.close());
    const addresses = { orchestrator_address: '127.0.0.1:1', rotor_driver_address: driver.address };
    expect((await other.gateway.post('/api/sites', { name: 'hill', ...addresses })).status).toBe(201);
    driver.inUse.add(77);
    expect((await other.gateway.post('/api/rotors/77/stop')).status).toBe(200);
    expect(driver.calls).toEqual([['stop', 77]]);
  });
});
