import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { startAedes, startMosquitto, type TestBroker } from '../support/gateway-broker.ts';
import { createGatewayWorld, type GatewayWorld } from '../support/gateway-harness.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { startTestScan, upTo, type Session } from '../support/gateway-scan.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { until } from '../support/until.ts';

function recorderSuite(startBroker: () => Promise<TestBroker>): void {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await createGatewayWorld({}, startBroker);
  });
  afterAll(() => world.close());

  test('stores points in order and completes only when all are there', async () => {
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    await scan.measure(10);
    await scan.setStatus('completed');
    await scan.untilStatus('completed');
    expect(await scan.seqs()).toEqual(upTo(10));
  });

  test('stores every point once, despite duplicates and delays', async () => {
    const { orchestrator, publish } = world;
    const scan = await startTestScan(world);
    const topic = `skyscan/sessions/${scan.id}/points`;
    await scan.setStatus('running');
    const messages = upTo(10).map(() => orchestrator.measure(scan.id));
    for (const index of [2, 0, 0, 1, 5, 4, 3, 9, 9, 0, 7, 6, 8]) await publish(topic, messages[index]);
    await scan.untilStored(10);
    expect(await scan.seqs()).toEqual(upTo(10));
  });

  test('fetches points that the broker lost', async () => {
    const { orchestrator } = world;
    const scan = await startTestScan(world, { rows: 60, columns: 50 });
    await scan.setStatus('running');
    for (let i = 0; i < 2_500; i++) orchestrator.measure(scan.id);
    await scan.measure(1);
    await scan.untilStored(2_501);
    for (let i = 0; i < 499; i++) orchestrator.measure(scan.id);
    await scan.setStatus('completed');
    await scan.untilStatus('completed');
    expect(await scan.seqs()).toEqual(upTo(3_000));
    await until('the orchestrator forgets it', () => !orchestrator.sessions.has(scan.id));
  });

  test('stores points of an older orchestrator, which have no median', async () => {
    const { gateway, orchestrator, publish } = world;
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    const measureWithoutMedian = () => {
      const message = orchestrator.measure(scan.id);
      for (const point of orchestrator.sessions.get(scan.id)?.journal ?? []) delete point.medianDbm;
      const { median_dbm: _median, ...measurement } = message.measurement;
      return { ...message, measurement };
    };
    // Two arrive over MQTT, the others from the journal.
    for (let i = 0; i < 2; i++) await publish(`skyscan/sessions/${scan.id}/points`, measureWithoutMedian());
    await scan.untilStored(2);
    for (let i = 0; i < 8; i++) measureWithoutMedian();
    await scan.setStatus('completed');
    await scan.untilStatus('completed');
    const { body } = await gateway.get(`/api/skyscan/${scan.id}/measurements`);
    expect(
      (body as { seq: number; median_dbm: null }[]).map(({ seq, median_dbm }) => [seq, median_dbm]),
    ).toEqual(upTo(10).map((seq) => [seq, null]));
    await until('the orchestrator forgets it', () => !orchestrator.sessions.has(scan.id));
  });

  test('ignores an older status', async () => {
    const { orchestrator, publish } = world;
    const scan = await startTestScan(world);
    const topic = `skyscan/sessions/${scan.id}/status`;
    const running = orchestrator.setStatus(scan.id, 'running');
    const paused = orchestrator.setStatus(scan.id, 'paused', 'stalled at az 4 el 10');
    await publish(topic, paused);
    await scan.untilStatus('paused');
    await publish(topic, running);
    await scan.measure(1);
    await scan.untilStored(1);
    expect(await scan.session()).toMatchObject({ status: 'paused', notes: 'stalled at az 4 el 10' });
  });

  test('replaces a forged point with that of the journal', async () => {
    const { orchestrator, publish } = world;
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    await scan.measure(2);
    await scan.untilStored(2);
    const genuine = orchestrator.measure(scan.id);
    const forged = structuredClone(genuine);
    forged.measurement.mean_dbm = -10;
    await publish(`skyscan/sessions/${scan.id}/points`, forged);
    await scan.untilStored(3);
    await until('the journal wins', async () => {
      const { body } = await world.gateway.get(`/api/skyscan/${scan.id}/measurements?after_seq=2`);
      return (body as { mean_dbm: number }[])[0]?.mean_dbm === genuine.measurement.mean_dbm;
    });
  });

  test('replaces a forged cell with that of the journal, and the scan completes', async () => {
    const { orchestrator, publish } = world;
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    await scan.measure(2);
    await scan.untilStored(2);
    await scan.untilStatus('running');
    const genuine = orchestrator.measure(scan.id);
    const forged = structuredClone(genuine);
    Object.assign(forged.measurement, { column: 7, setpoint: { azimuth: 7, elevation: 10 } });
    orchestrator.failing.set('replayPoints', new SkyScanError('unavailable', 'busy'));
    await publish(`skyscan/sessions/${scan.id}/points`, forged);
    await scan.untilStored(3);
    orchestrator.failing.clear();
    await scan.measure(7);
    await scan.setStatus('completed');
    await scan.untilStatus('completed');
    const { body } = await world.gateway.get(`/api/skyscan/${scan.id}/measurements`);
    expect((body as { column: number }[]).map(({ column }) => column)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
  });

  test('stores everything once after an outage of the gateway', async () => {
    const second = await world.startGateway({ GATEWAY_ID: 'second' });
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    await scan.measure(3);
    await scan.untilStored(3, second);
    await second.close();
    await scan.measure(4);
    const again = await world.startGateway({ GATEWAY_ID: 'second' });
    await scan.measure(3);
    await scan.setStatus('completed');
    await scan.untilStatus('completed', again);
    expect(await scan.seqs(again)).toEqual(upTo(10));
    await again.close();
  });
}

describe('recorder behind aedes', () => recorderSuite(startAedes));
describeWithPrograms(['mosquitto'], 'recorder behind mosquitto', () => recorderSuite(() => startMosquitto()));

describe.concurrent('while the database is down', () => {
  test('REST reports it, and everything is stored once afterwards', async () => {
    const world = await createGatewayWorld();
    const target = new URL(world.database.url);
    const proxy = await startTcpProxy({ targetPort: Number(target.port) });
    target.port = String(proxy.port);
    const behind = await world.startGateway({ DATABASE_URL: target.href, GATEWAY_ID: 'behind' });
    await world.gateway.close();
    const scan = await startTestScan({ ...world, gateway: behind });
    await scan.setStatus('running');
    await scan.measure(2);
    await scan.untilStored(2);
    proxy.setCondition({ kind: 'refuse' });
    await scan.measure(4);
    for (const path of ['/api/rotors', '/api/skyscan/sessions', `/api/skyscan/${scan.id}/data`]) {
      const { status, body } = await behind.get(path);
      const detail = `Cannot connect to the database at ${target.host} (check that PostgreSQL runs there, and DATABASE_URL)`;
      expect([status, body]).toEqual([503, { detail }]);
    }
    expect((await behind.get('/health')).body).toMatchObject({
      status: 'degraded',
      dependencies: { database: 'cannot be reached' },
      states: { database: 'away' },
    });
    const ready = await behind.get('/ready');
    expect([ready.status, ready.body]).toEqual([
      503,
      { detail: 'Not ready: the database cannot be reached' },
    ]);
    const probed = await behind.request('/ready', { headers: { host: '10.42.0.7' } });
    expect([probed.status, probed.text]).toEqual([503, '']);
    const stopped = await behind.post(`/api/rotors/${scan.rotorId}/stop`);
    expect(stopped.status).toBe(200);
    proxy.setCondition({ kind: 'normal' });
    await until('it is ready', async () => (await behind.get('/ready')).status === 200);
    await scan.untilStored(6);
    await scan.measure(4);
    await scan.setStatus('completed');
    await scan.untilStatus('completed');
    expect(await scan.seqs()).toEqual(upTo(10));
    await behind.close();
    await proxy.close();
    await world.close();
  });

  test('a gateway that starts first reports it, and works once the database is up', async () => {
    const world = await createGatewayWorld();
    const target = new URL(world.database.url);
    const proxy = await startTcpProxy({ targetPort: Number(target.port) });
    target.port = String(proxy.port);
    proxy.setCondition({ kind: 'refuse' });
    const early = await world.startGateway({ DATABASE_URL: target.href, GATEWAY_ID: 'early' });
    expect((await early.get('/api/rotors')).status).toBe(503);
    proxy.setCondition({ kind: 'normal' });
    await until('the database', async () => (await early.get('/api/rotors')).status === 200);
    const scan = await startTestScan({ ...world, gateway: early });
    await scan.setStatus('running');
    await scan.measure(1);
    await until(
      'stored',
      async () => ((await early.get(`/api/skyscan/${scan.id}`)).body as Session).completed_points,
    );
    await early.close();
    await proxy.close();
    await world.close();
  });
});
