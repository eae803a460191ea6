import { describe, expect, test } from 'vitest';
import { detailedPointMessageSchema, detailedStatusMessageSchema } from '#contract/live/session-messages';
import { malformedVariants, newerVariant, INVALID_PAYLOADS } from '../../../test/support/bad-messages.ts';
import { FakeServer } from '../testing/fake-server.ts';
import { FakeTiming } from '../testing/fake-timing.ts';
import { cellOf, pointAt } from '../testing/sessions.ts';
import { LiveSession } from './live-session.ts';

const COLUMNS = 4;
const TOTAL = 8;

async function createLiveSession() {
  const server = new FakeServer(TOTAL, COLUMNS);
  const timing = new FakeTiming();
  const live = new LiveSession(7, server, timing);
  await timing.pass(0);
  server.store(2);
  server.deliver(9);
  await timing.pass(0);
  return { server, timing, live };
}

/** Takes a pending message, the status or the next point, off the socket. */
function nextText(server: FakeServer, kind: 'status' | 'point'): string {
  if (kind === 'point') server.store(1);
  else server.become('running');
  const text = server.sockets.at(-1)?.texts.pop();
  if (text === undefined) throw new Error('no message is pending');
  return text;
}

async function send(server: FakeServer, timing: FakeTiming, data: unknown): Promise<void> {
  server.sockets.at(-1)?.texts.push(data as string);
  server.deliver(1);
  await timing.pass(0);
}

const stateOf = (live: LiveSession) =>
  JSON.stringify([live.phase, live.lastSeq, live.session, live.plan, live.table?.map.measured]);

async function expectCompleteMap(server: FakeServer, timing: FakeTiming, live: LiveSession): Promise<void> {
  server.store(TOTAL);
  for (let turn = 0; turn < 20 && live.phase !== 'ended'; turn++) {
    server.deliver(99);
    await timing.pass(5_000);
  }
  expect([live.phase, live.lastSeq, live.table?.map.measured]).toEqual(['ended', TOTAL, TOTAL]);
  const points = Array.from({ length: TOTAL }, (_, i) => pointAt(i + 1, COLUMNS));
  expect(points.map(({ row, column }) => live.table?.at(row, column))).toEqual(points.map(cellOf));
  live.close();
}

describe('a live session', () => {
  test.each(INVALID_PAYLOADS)('ignores %s', async (_name, data) => {
    const { server, timing, live } = await createLiveSession();
    const before = stateOf(live);
    await send(server, timing, Buffer.isBuffer(data) ? new Blob([new Uint8Array(data)]) : data);
    expect(stateOf(live)).toBe(before);
    expect(server.sockets).toHaveLength(1);
    await expectCompleteMap(server, timing, live);
  });

  test('ignores messages of another session', async () => {
    const { server, timing, live } = await createLiveSession();
    const before = stateOf(live);
    const other = {
      ...(JSON.parse(nextText(server, 'status')) as object),
      session_id: 8,
      status: 'completed',
    };
    await send(server, timing, JSON.stringify(other));
    expect(stateOf(live)).toBe(before);
    live.close();
  });

  test('shows every point despite every malformed variant of one before it', async () => {
    const { server, timing, live } = await createLiveSession();
    const good = nextText(server, 'point');
    const bad = malformedVariants(detailedPointMessageSchema, JSON.parse(good) as object);
    expect(bad.length).toBeGreaterThan(200);
    for (const [, message] of bad) await send(server, timing, JSON.stringify(message));
    await expectCompleteMap(server, timing, live);
  });

  test('keeps its state on a malformed status message', async () => {
    const { server, timing, live } = await createLiveSession();
    const good = nextText(server, 'status');
    const before = [live.phase, live.lastSeq, live.session?.status];
    const bad = malformedVariants(detailedStatusMessageSchema, JSON.parse(good) as object);
    for (const [name, message] of bad) {
      await send(server, timing, JSON.stringify(message));
      expect([name, live.phase, live.lastSeq, live.session?.status]).toEqual([name, ...before]);
    }
    await expectCompleteMap(server, timing, live);
  });

  test('accepts messages of a newer server with additional fields or an unknown status', async () => {
    const { server, timing, live } = await createLiveSession();
    const point = newerVariant(JSON.parse(nextText(server, 'point')) as object);
    await send(server, timing, JSON.stringify({ ...point, status: 'calibrating' }));
    expect([live.phase, live.lastSeq, live.session?.status]).toEqual(['live', 3, 'running']);
    const status = newerVariant(JSON.parse(nextText(server, 'status')) as object);
    await send(server, timing, JSON.stringify({ ...status, status: 'calibrating', completed: 3 }));
    expect([live.phase, live.session?.status, live.session?.completed_points]).toEqual([
      'live',
      'running',
      3,
    ]);
    await expectCompleteMap(server, timing, live);
  });
});
