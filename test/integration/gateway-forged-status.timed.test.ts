import { describe, expect, test } from 'vitest';
import type { StatusMessage } from '#contract/mqtt-messages';
import { startTestScan, upTo, type TestScan } from '../support/gateway-scan.ts';
import { openSocket } from '../support/gateway-sockets.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

describe('a forged status', () => {
  const world = useGatewayWorld();

  const forged = (scan: TestScan, change: Partial<StatusMessage> = {}): StatusMessage => ({
    session_id: scan.id,
    status: 'running',
    point: null,
    progress_pct: 20,
    completed: 2,
    total: 10,
    revision: 100,
    notes: 'forged',
    started_at: null,
    finished_at: null,
    eta: null,
    ...change,
  });
  const dropped = async (reason: string) => {
    const { text } = await world.gateway.get('/metrics');
    const line = new RegExp(`mqtt_messages_dropped_total\\{reason="${reason}"\\} (\\d+)`).exec(text);
    return Number(line?.[1] ?? 0);
  };
  /** Publishes and waits until the message is counted as dropped. */
  async function forge(scan: TestScan, message: object, reason: string, retain = false): Promise<void> {
    const before = await dropped(reason);
    await world.publish(`skyscan/sessions/${scan.id}/status`, message, retain);
    await until(`dropped: ${reason}`, async () => (await dropped(reason)) > before);
  }

  async function ended(status: 'cancelled' | 'completed'): Promise<TestScan> {
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    await scan.measure(status === 'completed' ? 10 : 2);
    await scan.setStatus(status);
    await scan.untilStatus(status);
    await until('the orchestrator has forgotten it', () => !world.orchestrator.sessions.has(scan.id));
    return scan;
  }

  test('does not reopen an ended session or hand it over again', async () => {
    const scans = [await ended('cancelled'), await ended('completed')];
    const before = await Promise.all(scans.map((scan) => scan.session()));
    world.orchestrator.started.length = 0;
    for (const scan of scans)
      for (const status of ['pending', 'paused', 'completed', 'cancelled', 'running'] as const)
        await forge(scan, forged(scan, { status }), 'session has ended', true);
    // The retained forgeries exist when a gateway starts.
    const second = await world.startGateway({ GATEWAY_ID: 'restarted' });
    // Once another session has been compared, the comparison has handled this one too.
    const other = await startTestScan({ ...world, gateway: second });
    await other.setStatus('running', 'silently');
    await other.untilStatus('running', second);
    expect(await Promise.all(scans.map((scan) => scan.session(second)))).toEqual(before);
    expect(world.orchestrator.started).toEqual([other.id]);
    await second.close();
  });

  test('does not change a running session', async () => {
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    await scan.measure(2);
    await scan.untilStored(2);
    await scan.untilStatus('running');
    const before = await scan.session();
    for (const status of ['pending', 'paused', 'completed', 'cancelled'] as const)
      for (const revision of [before.completed_points + 5, 4_000_000_000])
        await forge(scan, forged(scan, { status, revision }), 'contradicts the orchestrator');
    expect(await scan.session()).toEqual(before);
    await scan.measure(8);
    await scan.setStatus('completed');
    await scan.untilStatus('completed');
    expect(await scan.seqs()).toEqual(upTo(10));
  });

  test('does not start a pending session, and no unmeasured point is stored', async () => {
    const scan = await startTestScan(world);
    const fake = world.orchestrator.sessions.get(scan.id);
    const message = world.orchestrator.measure(scan.id);
    Object.assign(fake ?? {}, { journal: [], completed: 0 });
    await forge(scan, forged(scan, { completed: 0 }), 'contradicts the orchestrator');
    await world.publish(`skyscan/sessions/${scan.id}/points`, message);
    await until('the point is dropped', async () => (await dropped('not in the journal')) > 0);
    expect(await scan.session()).toMatchObject({ status: 'pending', completed_points: 0, notes: null });
    await scan.setStatus('cancelled');
    await scan.untilStatus('cancelled');
  });

  test('a genuine status reaches viewers with its notes within a second', async () => {
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    await scan.untilStatus('running');
    const socket = await openSocket(`${world.gateway.wsUrl}/ws/skyscan/${scan.id}`);
    const fromMs = performance.now();
    await scan.setStatus('paused');
    await until('the viewer', () => socket.messages.some(({ status }) => status === 'paused'));
    expect(performance.now() - fromMs).toBeLessThan(1_000);
    await world.gateway.post(`/api/skyscan/${scan.id}/cancel`);
    await scan.untilStatus('cancelled');
  });

  test('an orchestrator that runs an ended session from an old journal gets a cancel', async () => {
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    await scan.measure(3);
    await scan.untilStored(3);
    const old = structuredClone(world.orchestrator.sessions.get(scan.id));
    await scan.setStatus('cancelled');
    await scan.untilStatus('cancelled');
    await until('it is forgotten', () => !world.orchestrator.sessions.has(scan.id));
    const before = await scan.session();
    if (old) world.orchestrator.sessions.set(scan.id, { ...old, revision: 50 });
    await scan.setStatus('running');
    await until('it is cancelled and forgotten', () => !world.orchestrator.sessions.has(scan.id));
    expect(await scan.session()).toEqual(before);
  });

  test.each<[string, (id: number) => string, string]>([
    ['is deleted', (id) => `delete from rotors where id = ${id}`, "' has been deleted"],
    [
      'allows less',
      (id) => `update rotors set az_max = 200 where id = ${id}`,
      'the azimuth limits are now -180..200 deg; the session was planned for -180..450 deg',
    ],
  ])('a session that was lost is not restored when its rotor %s now', async (_, change, reason) => {
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    await scan.measure(2);
    await scan.untilStored(2);
    await scan.untilStatus('running');
    await world.database.execute(change(scan.rotorId));
    world.orchestrator.started.length = 0;
    world.orchestrator.sessions.delete(scan.id);
    await scan.untilStatus('cancelled');
    const { notes } = await scan.session();
    expect(notes).toContain(reason);
    expect(notes).toContain('2 of 10 points are kept');
    expect(world.orchestrator.started).not.toContain(scan.id);
    expect(await scan.seqs()).toEqual([1, 2]);
  });
});
