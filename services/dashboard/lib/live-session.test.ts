import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FakeServer } from '../testing/fake-server.ts';
import { FakeTiming } from '../testing/fake-timing.ts';
import { cellOf, pointAt } from '../testing/sessions.ts';
import { ApiError } from '#contract/client/api-error';
import { LiveSession } from './live-session.ts';

const COLUMNS = 8;

/** A live session that counts how often each cell is written. */
function createLiveSession(server: FakeServer) {
  const timing = new FakeTiming();
  const live = new LiveSession(7, server, timing);
  const writes = new Map<number, number>();
  let counted: unknown;
  live.onChange(() => {
    if (!live.table || counted === live.table) return;
    counted = live.table;
    live.table.map.onChange((cells) => {
      for (const cell of cells) writes.set(cell, (writes.get(cell) ?? 0) + 1);
    });
  });
  return { timing, live, writes };
}

function expectAll(live: LiveSession, writes: Map<number, number>, total: number): void {
  expect([live.lastSeq, live.table?.map.measured, writes.size]).toEqual([total, total, total]);
  expect([...new Set(writes.values())]).toEqual([1]);
  const points = Array.from({ length: total }, (_, i) => pointAt(i + 1, COLUMNS));
  expect(points.map(({ row, column }) => live.table?.at(row, column))).toEqual(points.map(cellOf));
}

const fault = fc.oneof(
  fc.record({ what: fc.constant('store' as const), count: fc.integer({ min: 1, max: 900 }) }),
  fc.record({ what: fc.constant('deliver' as const), count: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ what: fc.constant('pass' as const), count: fc.integer({ min: 0, max: 30_000 }) }),
  fc.record({ what: fc.constant('cut' as const), count: fc.constantFrom(1000, 1001, 1006, 1011, 1013) }),
  fc.record({ what: fc.constant('refuse' as const), count: fc.constantFrom(0, 401, 429, 500, 503) }),
  fc.record({ what: fc.constant('break' as const), count: fc.integer({ min: 0, max: 60_000 }) }),
  fc.record({ what: fc.constantFrom('skip' as const, 'freeze' as const, 'wake' as const), count: fc.nat(1) }),
);

test('stores every point exactly once, wherever the connection breaks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1_500 }),
      fc.integer({ min: 0, max: 1_500 }),
      fc.array(fault, { maxLength: 20 }),
      async (total, before, faults) => {
        const server = new FakeServer(total, COLUMNS);
        server.store(Math.min(before, total - 1));
        const { timing, live, writes } = createLiveSession(server);
        for (const { what, count } of faults) {
          if (what === 'store') server.store(count);
          else if (what === 'deliver') server.deliver(count);
          else if (what === 'cut') server.cut(count);
          else if (what === 'refuse') server.refusals.push(new ApiError(count, 'Cannot connect'));
          else if (what === 'break') server.breakDownloadAfter = count;
          else if (what === 'skip') server.skipPoint = true;
          else if (what === 'freeze') server.freeze();
          else if (what === 'wake') timing.wake();
          await timing.pass(what === 'pass' ? count : 0);
        }
        server.store(total);
        for (let i = 0; i < 40 && live.phase !== 'ended'; i++) {
          // Only a key helps then, here the same one.
          if (live.phase === 'refused') live.retry();
          await timing.pass(5_000);
          server.deliver(Infinity);
        }
        expect([live.phase, live.session?.status]).toEqual(['ended', 'completed']);
        expectAll(live, writes, total);
        live.close();
      },
    ),
    { numRuns: 50 },
  );
}, 60_000);

describe('a fault reported by a message', () => {
  test.each([
    ['the periodic request', (live: LiveSession) => live.lastSeq, 5_000],
    ['an explicit refresh', (live: LiveSession) => live.refresh(), 0],
  ])('is not overwritten by an older response to %s', async (_what, ask, passMs) => {
    const server = new FakeServer(10, COLUMNS);
    const { timing, live } = createLiveSession(server);
    await timing.pass(0);
    server.deliver(9);
    await timing.pass(0);
    const fault = { observation: 'rotctld refuses', since: '', for_s: 2, pauses_at: null, pauses_in_s: null };
    const { session, plan } = { session: server.session.bind(server), plan: server.plan.bind(server) };
    let reported = false;
    server.plan = async () => ({ ...(await plan()), fault: reported ? fault : null });
    server.session = async () => {
      const answer = await session();
      // The message arrives between the request and its response.
      await Promise.resolve();
      if (!reported) {
        reported = true;
        server.become('running');
        const [socket] = server.sockets;
        socket?.texts.push(JSON.stringify({ ...JSON.parse(socket.texts.pop() ?? ''), fault }));
        server.deliver(1);
      }
      return answer;
    };
    const seen: unknown[] = [];
    live.onChange(() => {
      if (reported) seen.push(live.plan?.fault);
    });
    ask(live);
    await timing.pass(passMs);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter((one) => one === null)).toEqual([]);
    live.close();
  });
});

describe('the status text', () => {
  test('shows the message of the API for an unknown session and stops requesting it', async () => {
    const server = new FakeServer(10, COLUMNS);
    server.refusals = [new ApiError(404, 'Scan session not found')];
    const { timing, live } = createLiveSession(server);
    await timing.pass(60_000);
    expect([live.phase, live.statusText, server.sockets.length, timing.waits.length]).toEqual([
      'unknown',
      'Scan session not found',
      0,
      0,
    ]);
  });

  test('reports a session that is deleted before the socket opens as unknown', async () => {
    const server = new FakeServer(10, COLUMNS);
    const { timing, live } = createLiveSession(server);
    await timing.pass(0);
    server.cut(4404, 'Scan session not found');
    await timing.pass(60_000);
    expect([live.phase, live.statusText]).toEqual(['unknown', 'Scan session not found']);
  });

  test('shows the retry delay, which doubles up to 15 s and resets after a point', async () => {
    const server = new FakeServer(10, COLUMNS);
    const { timing, live } = createLiveSession(server);
    await timing.pass(0);
    server.deliver(9);
    expect([live.phase, live.statusText]).toEqual(['live', 'Live']);
    server.refusals = Array.from({ length: 18 }, () => new ApiError(0, 'Sky Scan cannot be reached'));
    timing.waits.length = 0;
    server.cut(1001, 'The server is closing');
    await timing.pass(0);
    expect(live.statusText).toBe('The server is closing. Retrying in 1 s');
    await timing.pass(1_000);
    expect([live.phase, live.statusText]).toEqual(['waiting', 'Sky Scan cannot be reached. Retrying in 2 s']);
    await timing.pass(100_000);
    expect(timing.waits.filter((ms) => ms !== 5_000).map((ms) => ms / 750)).toEqual([
      1, 2, 4, 8, 15, 15, 15, 15, 15, 15,
    ]);
    server.deliver(9);
    expect(live.phase).toBe('live');
    server.store(1);
    server.deliver(9);
    timing.waits.length = 0;
    server.cut(1006);
    await timing.pass(0);
    expect(timing.waits).toEqual([750]);
  });

  test('names a connection that is too slow and an offline device', async () => {
    const server = new FakeServer(10, COLUMNS);
    const { timing, live } = createLiveSession(server);
    await timing.pass(0);
    timing.connected = false;
    server.cut(1013, 'Too slow: reconnect with ?after=N');
    await timing.pass(0);
    expect(live.statusText).toBe(
      'The connection is too slow for this session. This device is offline; reconnects automatically',
    );
    timing.connected = true;
    timing.wake();
    await timing.pass(0);
    server.deliver(1);
    expect(live.phase).toBe('live');
  });

  test('gives up a silent connection when requests fail too', async () => {
    const server = new FakeServer(10, COLUMNS);
    const { timing, live } = createLiveSession(server);
    await timing.pass(0);
    server.deliver(1);
    server.freeze();
    server.refusals = Array.from({ length: 2 }, () => new ApiError(0, 'Sky Scan cannot be reached'));
    await timing.pass(10_500);
    expect([live.phase, live.statusText]).toEqual(['waiting', 'No data received. Retrying in 1 s']);
  });

  test('asks for a key, sends nothing until it is given, and then continues at once', async () => {
    const server = new FakeServer(10, COLUMNS);
    // Session and plan are requested together.
    const refused = new ApiError(401, 'Missing or wrong API key');
    server.refusals = [refused, refused, refused];
    const { timing, live } = createLiveSession(server);
    await timing.pass(0);
    const asks = ['refused', 'Missing or wrong API key. Enter the API key to continue'];
    expect([live.phase, live.statusText]).toEqual(asks);
    await timing.pass(60_000);
    expect([server.refusals.length, timing.waits]).toEqual([1, []]);
    live.retry();
    await timing.pass(0);
    expect([live.phase, live.statusText, server.refusals.length]).toEqual([...asks, 0]);
    live.retry();
    await timing.pass(0);
    server.deliver(1);
    expect(live.phase).toBe('live');
  });

  test('shows notes and a status changed by another client', async () => {
    const server = new FakeServer(10, COLUMNS);
    const { timing, live } = createLiveSession(server);
    await timing.pass(0);
    server.notes = 'stalled at az 3 el 10';
    server.become('paused');
    server.deliver(9);
    await timing.pass(0);
    expect([live.session?.status, live.session?.notes]).toEqual(['paused', 'stalled at az 3 el 10']);
  });
});

test('reloads a session whose id was reused by a new database', async () => {
  const server = new FakeServer(20, COLUMNS);
  server.store(12);
  const { timing, live } = createLiveSession(server);
  await timing.pass(0);
  server.deliver(99);
  expect(live.lastSeq).toBe(12);
  server.stored = 3;
  server.cut(1006);
  await timing.pass(1_000);
  server.deliver(99);
  expect([live.lastSeq, live.table?.map.measured]).toEqual([3, 3]);
});
