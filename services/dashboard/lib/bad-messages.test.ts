import { describe, expect, test } from 'vitest';
import { detailedPointMessageSchema, detailedStatusMessageSchema } from '#contract/live/session-messages';
import { malformedVariants, newerVariant, INVALID_PAYLOADS } from '../../../test/support/bad-messages.ts';
import { FakeServer } from '../testing/fake-server.ts';
import { FakeTiming } from '../testing/fake-timing.ts';
import { cellOf, pointAt } from '../testing/sessions.ts';
import { LiveSession } from './live-session.ts';

// Whatever a server sends, a page shows every point once, in its cell.

const COLUMNS = 4;
const TOTAL = 8;

async function watched() {
  const server = new FakeServer(TOTAL, COLUMNS);
  const timing = new FakeTiming();
  const live = new LiveSession(7, server, timing);
  await timing.pass(0);
  server.store(2);
  server.deliver(9);
  await timing.pass(0);
  return { server, timing, live };
}

/** What is on its way to the page, the status or the next point. */
function nextText(server: FakeServer, kind: 'status' | 'point'): string {
  if (kind === 'point') server.store(1);
  else server.become('running');
  const text = server.sockets.at(-1)?.texts.pop();
  if (text === undefined) throw new Error('nothing is on its way');
  return text;
}

async function send(server: FakeServer, timing: FakeTiming, data: unknown): Promise<void> {
  server.sockets.at(-1)?.texts.push(data as string);
  server.deliver(1);
  await timing.pass(0);
}

const stateOf = (live: LiveSession) =>
  JSON.stringify([live.phase, live.lastSeq, live.session, live.plan, live.table?.map.measured]);

async function expectAllInTheEnd(server: FakeServer, timing: FakeTiming, live: LiveSession): Promise<void> {
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

describe('a page that follows a session', () => {
  test.each(INVALID_PAYLOADS)('ignores %s', async (_name, data) => {
    const { server, timing, live } = await watched();
    const before = stateOf(live);
    await send(server, timing, Buffer.isBuffer(data) ? new Blob([new Uint8Array(data)]) : data);
    expect(stateOf(live)).toBe(before);
    expect(server.sockets).toHaveLength(1);
    await expectAllInTheEnd(server, timing, live);
  });

  test('ignores a message of another session', async () => {
    const { server, timing, live } = await watched();
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

  test('shows every point though each one came malformed in every way before', async () => {
    const { server, timing, live } = await watched();
    const good = nextText(server, 'point');
    const bad = malformedVariants(detailedPointMessageSchema, JSON.parse(good) as object);
    expect(bad.length).toBeGreaterThan(200);
    for (const [, message] of bad) await send(server, timing, JSON.stringify(message));
    await expectAllInTheEnd(server, timing, live);
  });

  test('does not end, nor lose what it knows, with a malformed status', async () => {
    const { server, timing, live } = await watched();
    const good = nextText(server, 'status');
    const before = [live.phase, live.lastSeq, live.session?.status];
    const bad = malformedVariants(detailedStatusMessageSchema, JSON.parse(good) as object);
    for (const [name, message] of bad) {
      await send(server, timing, JSON.stringify(message));
      expect([name, live.phase, live.lastSeq, live.session?.status]).toEqual([name, ...before]);
    }
    await expectAllInTheEnd(server, timing, live);
  });

  test('takes the messages of a newer server: more fields, and a status that it does not know', async () => {
    const { server, timing, live } = await watched();
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
    await expectAllInTheEnd(server, timing, live);
  });
});
