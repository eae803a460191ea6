import { beforeEach, describe, expect, test } from 'vitest';
import { ScanMode } from '#proto/scan_spec';
import { SkyScanError } from '#shared/base/errors';
import { openSocket } from '../support/gateway-sockets.ts';
import { addRotor, startTestScan, upTo, type Session } from '../support/gateway-scan.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

const world = useGatewayWorld();
beforeEach(() => world.orchestrator.failing.clear());

/**
 * Two scans of one rotor while hand-overs fail: the first may have arrived, the second is never
 * sent.
 */
async function twoPendingScans() {
  world.orchestrator.failing.set('start', away());
  const first = await startTestScan(world);
  const second = await startTestScan(world, undefined, first.rotorId);
  return { first, second };
}

const away = () => new SkyScanError('unavailable', 'the disk is slow');

describe('the reconciler', () => {
  test('fetches points and statuses that were never published', async () => {
    const { orchestrator } = world;
    const scan = await startTestScan(world);
    await scan.setStatus('running', 'silently');
    for (let i = 0; i < 10; i++) orchestrator.measure(scan.id);
    await scan.setStatus('completed', 'silently');
    await scan.untilStatus('completed');
    expect(await scan.seqs()).toEqual(upTo(10));
    await until('the orchestrator forgets it', () => !orchestrator.sessions.has(scan.id));
  });

  test('catches up after a restart of the orchestrator', async () => {
    const { orchestrator } = world;
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    await scan.measure(3);
    await scan.untilStored(3);
    await orchestrator.stop();
    for (let i = 0; i < 7; i++) orchestrator.measure(scan.id);
    const paused = await world.gateway.post(`/api/skyscan/${scan.id}/pause`);
    expect(paused.status).toBe(503);
    expect((paused.body as { detail: string }).detail).toMatch(
      /^Cannot connect to scan-orchestrator: 127\.0\.0\.1:\d+ [a-z ]+ \(.+\)$/,
    );
    await scan.setStatus('completed', 'silently');
    await orchestrator.restart();
    await scan.untilStatus('completed');
    expect(await scan.seqs()).toEqual(upTo(10));
  });

  test('hands a session over again to an orchestrator that has lost its disk', async () => {
    const { orchestrator } = world;
    const scan = await startTestScan(world, undefined, undefined, { scan_mode: 'on_the_fly' });
    await scan.setStatus('running');
    await scan.measure(3);
    await scan.untilStored(3);
    orchestrator.sessions.delete(scan.id);
    await until('it has it again', () => orchestrator.sessions.has(scan.id));
    const { start } = orchestrator.sessions.get(scan.id) ?? {};
    expect(start?.spec?.mode).toBe(ScanMode.SCAN_MODE_ON_THE_FLY);
    expect(start?.stored).toMatchObject({ completedPoints: 3, storedCells: Buffer.from([0b111, 0]) });
    await scan.measure(7);
    await scan.setStatus('completed');
    await scan.untilStatus('completed');
    expect(await scan.seqs()).toEqual(upTo(10));
  });

  test('hands sessions over after an outage, in the order of their creation', async () => {
    const { orchestrator } = world;
    const rotorId = await addRotor(world);
    orchestrator.failing.set('start', away());
    const scans = [];
    for (let i = 0; i < 3; i++) scans.push(await startTestScan(world, undefined, rotorId));
    const ids = scans.map(({ id }) => id);
    for (const scan of scans) expect(await scan.session()).toMatchObject({ status: 'pending' });
    orchestrator.started.length = 0;
    orchestrator.failing.clear();
    // A request for the last session must not move it ahead of the others.
    await world.gateway.post(`/api/skyscan/${ids.at(-1)}/pause`);
    await until('all are handed over', () => ids.every((id) => orchestrator.sessions.has(id)));
    expect(orchestrator.started.filter((id) => ids.includes(id))).toEqual(ids);
  });

  test('cancels a session that was never sent to the orchestrator, without it', async () => {
    const { orchestrator, gateway } = world;
    const { second: scan } = await twoPendingScans();
    orchestrator.failing.set('cancel', away());
    const socket = await openSocket(`${gateway.wsUrl}/ws/skyscan/${scan.id}`);
    const refused = {
      detail: "Cannot cancel scan in 'cancelled' state (must be running, paused, or pending)",
    };
    const answers = await Promise.all([1, 2].map(() => gateway.post(`/api/skyscan/${scan.id}/cancel`)));
    expect(answers.map(({ body }) => body)).toEqual(
      expect.arrayContaining([{ status: 'cancelling', session_id: scan.id }, refused]),
    );
    expect(await scan.session()).toMatchObject({ status: 'cancelled' });
    expect((await socket.closed).code).toBe(1000);
    expect(socket.messages.map(({ status }) => status)).toEqual(['pending', 'cancelled']);
    const again = await gateway.post(`/api/skyscan/${scan.id}/cancel`);
    expect(again.body).toEqual({
      detail: "Cannot cancel scan in 'cancelled' state (must be running, paused, or pending)",
    });
  });

  test('publishes such a cancel after a broker outage', async () => {
    const { orchestrator, gateway, mqtt } = world;
    const { second: scan } = await twoPendingScans();
    orchestrator.failing.set('cancel', away());
    await gateway.post(`/api/skyscan/${scan.id}/cancel`);
    const topic = `skyscan/sessions/${scan.id}/status`;
    const heard: string[] = [];
    const listen = (from: string, payload: Buffer) => {
      if (from === topic && payload.length > 0)
        heard.push((JSON.parse(payload.toString()) as Session).status);
    };
    // The broker missed it; it is published on the next connection.
    await mqtt.publishAsync(topic, '', { qos: 1, retain: true });
    mqtt.on('message', listen);
    await mqtt.subscribeAsync(topic, { qos: 1 });
    const another = await world.startGateway({ GATEWAY_ID: 'another' });
    await until('it is published', () => heard.includes('cancelled'));
    mqtt.off('message', listen);
    await mqtt.unsubscribeAsync(topic);
    await another.close();
  });

  test('does not report a session as cancelled that the orchestrator may be running', async () => {
    const { orchestrator, gateway } = world;
    const { first: scan } = await twoPendingScans();
    orchestrator.failing.set('cancel', away());
    const cancel = () => gateway.post(`/api/skyscan/${scan.id}/cancel`);
    expect((await cancel()).status).toBe(503);
    expect(await scan.session()).toMatchObject({ status: 'pending' });
    orchestrator.failing.clear();
    expect((await cancel()).body).toEqual({ status: 'cancelling', session_id: scan.id });
    await scan.untilStatus('cancelled');
  });

  test('repeats a cancel that the orchestrator missed', async () => {
    const { orchestrator, gateway } = world;
    const { second: scan } = await twoPendingScans();
    orchestrator.failing.set('cancel', away());
    await gateway.post(`/api/skyscan/${scan.id}/cancel`);
    // As after an older gateway, which did not store that it had sent the session.
    const other = [...orchestrator.sessions.values()][0];
    if (!other) throw new Error('no session to copy');
    orchestrator.sessions.set(scan.id, {
      ...other,
      start: { ...other.start, sessionId: scan.id },
      status: 'running',
      revision: 2,
      completed: 0,
      journal: [],
    });
    orchestrator.failing.clear();
    await gateway.post('/api/skyscan/start', { rotor_id: scan.rotorId });
    await until('it is cancelled and forgotten', () => !orchestrator.sessions.has(scan.id));
    expect(await scan.session()).toMatchObject({ status: 'cancelled', completed_points: 0 });
  });

  test('ends a session that the orchestrator refuses permanently, with the reason', async () => {
    const { orchestrator } = world;
    orchestrator.failing.set(
      'start',
      new SkyScanError('out_of_range', 'elevation 10 deg is outside 15..90 deg'),
    );
    const scan = await startTestScan(world);
    expect(await scan.session()).toMatchObject({
      status: 'cancelled',
      notes: 'could not be started: elevation 10 deg is outside 15..90 deg',
    });
  });

  test('hands a session over before an action on it', async () => {
    const { orchestrator, gateway } = world;
    orchestrator.failing.set('start', away());
    const scan = await startTestScan(world);
    orchestrator.failing.clear();
    const answer = await gateway.post(`/api/skyscan/${scan.id}/cancel`);
    expect([answer.status, answer.body]).toEqual([200, { status: 'cancelling', session_id: scan.id }]);
    await scan.untilStatus('cancelled');
  });

  test('never reuses the id of a session that only the orchestrator knows', async () => {
    const { orchestrator } = world;
    const scan = await startTestScan(world);
    const session = orchestrator.sessions.get(scan.id);
    if (!session) throw new Error('the session is gone');
    const foreignId = scan.id + 1_000;
    orchestrator.sessions.set(foreignId, { ...session, start: { ...session.start, sessionId: foreignId } });
    const listings = () => orchestrator.calls.filter((call) => call === 'listSessions').length;
    const before = listings();
    await until('two comparisons', () => listings() >= before + 2);
    expect((await startTestScan(world)).id).toBe(foreignId + 1);
    orchestrator.sessions.delete(foreignId);
  });

  test('keeps two gateways on one database consistent', async () => {
    const second = await world.startGateway({ GATEWAY_ID: 'second' });
    const scan = await startTestScan(world);
    const socket = await openSocket(`${second.wsUrl}/ws/skyscan/${scan.id}?after=0`);
    await scan.setStatus('running');
    await scan.measure(10);
    await scan.setStatus('completed');
    await scan.untilStatus('completed', second);
    expect(await scan.seqs(second)).toEqual(upTo(10));
    await socket.closed;
    expect(socket.messages.filter(({ point }) => point).map(({ completed }) => completed)).toEqual(upTo(10));
    await second.close();
  });
});
