import { describe, expect, test } from 'vitest';
import { publishedPoint } from '../support/gateway-points.ts';
import { openSocket, type Message, type TestSocket } from '../support/gateway-sockets.ts';
import { startTestScan, upTo, type TestScan } from '../support/gateway-scan.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

const world = useGatewayWorld();

const watch = (scan: TestScan, query = '') =>
  openSocket(`${world.gateway.wsUrl}/ws/skyscan/${scan.id}${query}`);
const seqs = ({ messages }: TestSocket) =>
  messages.filter(({ point }) => point).map(({ completed }) => completed);
const statuses = ({ messages }: TestSocket) =>
  messages.filter(({ point }) => !point).map(({ status }) => status);

describe('a viewer', () => {
  test('gets a status at once, then every point and every status in order, then 1000', async () => {
    const scan = await startTestScan(world);
    const viewer = await watch(scan);
    await until('the first message', () => viewer.messages.length === 1);
    expect(viewer.messages[0]).toEqual({
      session_id: scan.id,
      status: 'pending',
      point: null,
      progress_pct: 0,
      completed: 0,
      total: 10,
    });
    // Changes that follow each other within milliseconds may be received as one.
    const setStatus = async (status: 'running' | 'paused') => {
      await scan.setStatus(status);
      await until(status, () => viewer.messages.at(-1)?.status === status);
    };
    await setStatus('running');
    await scan.measure(4);
    await setStatus('paused');
    await setStatus('running');
    await scan.measure(6);
    await scan.setStatus('completed');
    expect(await viewer.closed).toEqual({ code: 1000, reason: 'Scan is completed' });
    const received = viewer.messages.map(({ status, point, completed }) => [
      status,
      point ? completed : null,
    ]);
    expect(received).toEqual([
      ['pending', null],
      ['running', null],
      ...upTo(4).map((seq) => ['running', seq]),
      ['paused', null],
      ['running', null],
      ...[5, 6, 7, 8, 9, 10].map((seq) => ['running', seq]),
      ['completed', null],
    ]);
    const spec = { azStartDeg: 0, azEndDeg: 9, elStartDeg: 10, elEndDeg: 10, stepDeg: 1, rssiIterations: 1 };
    expect(viewer.messages.find(({ completed, point }) => point && completed === 3)).toEqual({
      session_id: scan.id,
      status: 'running',
      point: publishedPoint(spec, 3),
      progress_pct: 30,
      completed: 3,
      total: 10,
    });
  });

  test('that reconnects with ?after=N misses nothing and gets nothing twice', async () => {
    const scan = await startTestScan(world, { rows: 50, columns: 50 });
    await scan.setStatus('running');
    const first = await watch(scan, '?after=0');
    await scan.measure(300);
    await until('some points', () => seqs(first).length >= 100);
    first.close();
    await first.closed;
    const seen = seqs(first);
    await scan.measure(1_200);
    const second = await watch(scan, `?after=${seen.length}`);
    await scan.measure(1_000);
    await scan.setStatus('completed');
    await second.closed;
    expect([...seen, ...seqs(second)]).toEqual(upTo(2_500));
  });

  test('of an ended session gets the requested points, then 1000', async () => {
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    await scan.measure(10);
    await scan.setStatus('completed');
    await scan.untilStatus('completed');
    const curious = await watch(scan);
    expect((await curious.closed).code).toBe(1000);
    expect([statuses(curious), seqs(curious)]).toEqual([['completed'], []]);
    const late = await watch(scan, '?after=7');
    expect((await late.closed).code).toBe(1000);
    expect([statuses(late), seqs(late)]).toEqual([
      ['completed', 'completed'],
      [8, 9, 10],
    ]);
    const ahead = await watch(scan, '?after=10');
    expect((await ahead.closed).code).toBe(1000);
    expect([statuses(ahead), seqs(ahead)]).toEqual([['completed'], []]);
  });

  test('with detail=full also gets seq, setpoint and measurement', async () => {
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    const viewer = await watch(scan, '?detail=full&after=0');
    await scan.measure(2);
    await until('two points', () => seqs(viewer).length === 2);
    const { body } = await world.gateway.get(`/api/skyscan/${scan.id}/measurements`);
    const points = viewer.messages.flatMap(({ point }) => (point ? [point] : []));
    expect(points.map(({ measurement }) => measurement)).toEqual(body);
    expect(points[1]).toMatchObject({ seq: 2, setpoint: { azimuth: 1, elevation: 10 }, rssi_average: -92 });
    viewer.close();
  });

  test('that does not read is closed with 1013 without affecting others', async () => {
    const scan = await startTestScan(world, { rows: 80, columns: 300 });
    await scan.setStatus('running');
    const [quick, stuck] = await Promise.all([watch(scan, '?detail=full'), watch(scan, '?detail=full')]);
    await until('both have their status', () => quick.messages.length > 0 && stuck.messages.length > 0);
    stuck.pause();
    const slow = async () =>
      Number(/skyscan_viewers_too_slow_total (\d+)/.exec((await world.gateway.get('/metrics')).text)?.[1]);
    let measured = 0;
    while ((await slow()) === 0) {
      // The reconciler is faster than a broker.
      for (let i = 1; i < 500; i++) world.orchestrator.measure(scan.id);
      await scan.measure(1);
      measured += 500;
      await scan.untilStored(measured);
      expect(measured).toBeLessThan(24_000);
    }
    stuck.resume();
    expect(await stuck.closed).toEqual({ code: 1013, reason: 'Too slow: reconnect with ?after=N' });
    await until('the fast viewer has everything', () => seqs(quick).length === measured);
    const again = await watch(scan, `?after=${seqs(stuck).length}`);
    await until('it has caught up', () => seqs(again).length + seqs(stuck).length === measured);
    expect([...seqs(stuck), ...seqs(again)]).toEqual(upTo(measured));
    expect(seqs(quick)).toEqual(upTo(measured));
    for (const viewer of [quick, again]) viewer.close();
  });

  test('one of hundreds gets the same as all others', async () => {
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    const viewers = await Promise.all(Array.from({ length: 300 }, () => watch(scan, '?after=0')));
    await scan.measure(10);
    await scan.setStatus('completed');
    await Promise.all(viewers.map(({ closed }) => closed));
    const points = (messages: Message[]) =>
      messages.flatMap(({ point, completed }) => (point ? [completed] : []));
    for (const { messages } of viewers) expect(points(messages)).toEqual(upTo(10));
  });
});
