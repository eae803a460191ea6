import { once } from 'node:events';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGatewayWorld, gatewayAt, type GatewayWorld } from '../support/gateway-harness.ts';
import { startTestScan, upTo, type TestScan } from '../support/gateway-scan.ts';
import { openFloodSocket, type Message, type TestSocket } from '../support/gateway-sockets.ts';
import { mebibytes, startMeasuredProcess, type MeasuredProcess } from '../support/measured-process.ts';
import { until } from '../support/until.ts';

// However many viewers connect, leave or stop reading: the gateway's memory stays bounded, and
// viewers that read get everything.

const FEW = 40;
const MANY = 500;
const VISITS = 5_000;
const AT_ONCE = 50;
const STORM = 500;
/** Unread data of a viewer plus the server's bookkeeping. */
const PER_SLOW_VIEWER_BYTES = 1.25 * 2 ** 20;
/** Variation due to garbage collection. */
const NOISE_BYTES = 96 * 2 ** 20;

const VIEWERS = 'skyscan_viewers';
const TOO_SLOW = 'skyscan_viewers_too_slow_total';

let world: GatewayWorld;
let gateway: MeasuredProcess;
beforeAll(async () => {
  world = await createGatewayWorld({ RATE_LIMIT_PER_MINUTE: '1000000' }, undefined, async (env) => {
    gateway = await startMeasuredProcess('api-gateway', env);
    return gatewayAt('127.0.0.1', gateway.port, () => gateway.stop());
  });
});
afterAll(() => world.close());

const address = (scan: TestScan, query = '') => `${world.gateway.wsUrl}/ws/skyscan/${scan.id}${query}`;
const seqs = (messages: Message[]) => messages.flatMap(({ point }) => (point ? [point['seq']] : []));

async function metric(name: string): Promise<number> {
  const { text } = await world.gateway.get('/metrics');
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}

/** Measures points without publishing them: the gateway fetches them from the journal. */
async function measureMany(scan: TestScan, from: number, count: number): Promise<void> {
  for (let i = 1; i < count; i++) world.orchestrator.measure(scan.id);
  await scan.measure(1);
  await scan.untilStored(from + count);
}

describe('viewers', () => {
  test.each([FEW, MANY])(
    '%i that do not read cost only their unread data, and one that reads gets everything',
    async (count) => {
      const scan = await startTestScan(world, { rows: 80, columns: 300 });
      await scan.setStatus('running');
      await scan.untilStatus('running');
      const quick = await openFloodSocket(address(scan, '?detail=full'));
      const slow: TestSocket[] = [];
      while (slow.length < count)
        slow.push(
          ...(await Promise.all(
            Array.from({ length: Math.min(AT_ONCE, count - slow.length) }, () =>
              openFloodSocket(address(scan, '?detail=full')),
            ),
          )),
        );
      await until('all have received their status', () =>
        slow.every(({ messages }) => messages.length === 1),
      );
      for (const viewer of slow) viewer.pause();
      await measureMany(scan, 0, 100);
      const beforeBytes = gateway.rssBytes();
      let peakBytes = beforeBytes;
      let measured = 100;
      const before = await metric(TOO_SLOW);
      const tooSlow = async () => (await metric(TOO_SLOW)) - before;
      // The server closes them because of unread data or an unanswered ping, whichever comes first.
      while ((await tooSlow()) < count && (await metric(VIEWERS)) > 1) {
        expect(measured).toBeLessThan(20_000);
        await measureMany(scan, measured, 250);
        measured += 250;
        peakBytes = Math.max(peakBytes, gateway.rssBytes());
      }
      const closed = await tooSlow();
      await until('the fast viewer has everything', () => seqs(quick.messages).length === measured);
      expect(seqs(quick.messages)).toEqual(upTo(measured));
      await until('only one viewer is left', async () => (await metric(VIEWERS)) === 1);
      const afterBytes = await lowestRss(beforeBytes + NOISE_BYTES);
      process.stdout.write(
        `${count} slow viewers, ${closed} of them closed with 1013, ${measured} points: gateway ` +
          `${mebibytes(beforeBytes)} before, ${mebibytes(peakBytes)} at most, ${mebibytes(afterBytes)} after\n`,
      );
      expect(peakBytes - beforeBytes).toBeLessThan(count * PER_SLOW_VIEWER_BYTES + NOISE_BYTES);
      expect(afterBytes).toBeLessThan(beforeBytes + NOISE_BYTES);
      quick.close();
      for (const viewer of slow) viewer.close();
      await until('all viewers have left', async () => (await metric(VIEWERS)) === 0);
    },
  );

  test(
    `${VISITS} that connect and leave, and ${STORM} that reconnect at once, leak nothing`,
    { timeout: 600_000 },
    async () => {
      const scan = await startTestScan(world, { rows: 10, columns: 300 });
      await scan.setStatus('running');
      await scan.untilStatus('running');
      const faithful = await openFloodSocket(address(scan, '?detail=full'));
      await visit(scan, 500);
      await until('the first viewers have left', async () => (await metric(VIEWERS)) === 1);
      const before = {
        rssBytes: gateway.rssBytes(),
        heapBytes: await gateway.heapBytes(),
        fds: gateway.fds(),
      };
      for (let seen = 0; seen < VISITS; seen += 500) {
        await visit(scan, 500);
        await scan.measure(10);
      }
      const storm = await Promise.all(
        Array.from({ length: STORM }, () => openFloodSocket(address(scan, '?after=0&detail=full'))),
      );
      await scan.measure(10);
      await until('all viewers of the storm have everything', () =>
        storm.every(({ messages }) => seqs(messages).length === 110),
      );
      for (const { messages } of storm) expect(seqs(messages)).toEqual(upTo(110));
      for (const viewer of storm) viewer.close();
      await until('they have left', async () => (await metric(VIEWERS)) === 1);
      await until('their sockets are closed', () => gateway.fds() <= before.fds + 10);
      const after = {
        rssBytes: await lowestRss(before.rssBytes + NOISE_BYTES),
        heapBytes: await gateway.heapBytes(),
        fds: gateway.fds(),
      };
      process.stdout.write(
        `${VISITS} visits and ${STORM} at once: fds ${before.fds} -> ${after.fds}, heap ` +
          `${mebibytes(before.heapBytes)} -> ${mebibytes(after.heapBytes)}, RSS ` +
          `${mebibytes(before.rssBytes)} -> ${mebibytes(after.rssBytes)}\n`,
      );
      expect(after.heapBytes).toBeLessThan(before.heapBytes * 1.5);
      expect(after.rssBytes).toBeLessThan(before.rssBytes + NOISE_BYTES);
      await until('the permanent viewer has everything', () => seqs(faithful.messages).length === 110);
      expect(seqs(faithful.messages)).toEqual(upTo(110));
      faithful.close();
    },
  );

  test('a frame of 4 kB is ignored, a larger one ends the connection', async () => {
    const scan = await startTestScan(world);
    const viewer = await openFloodSocket(address(scan));
    viewer.send('x'.repeat(4 * 1024));
    await scan.setStatus('running');
    await until('it still receives messages', () => viewer.messages.at(-1)?.status === 'running');
    viewer.send('x'.repeat(4 * 1024 + 1));
    expect((await viewer.closed).code).toBe(1009);
  });
});

test('a body of 16 kB is accepted, a larger one is refused', async () => {
  const body = (bytes: number) => JSON.stringify({ name: 'x' }).padEnd(bytes);
  const post = (bytes: number) => world.gateway.request('/api/rotors', { method: 'POST', body: body(bytes) });
  expect((await post(16 * 1024)).status).toBe(201);
  expect((await post(16 * 1024 + 1)).status).toBe(413);
});

/** Some viewers wait for the first message, some disconnect before it. */
async function visit(scan: TestScan, count: number): Promise<void> {
  for (let seen = 0; seen < count; seen += AT_ONCE)
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, i) => {
        const socket = new WebSocket(address(scan, i % 2 ? '' : '?after=0&detail=full'));
        await once(socket, i % 3 ? 'message' : 'open');
        if (i % 5) socket.close();
        else socket.terminate();
        await once(socket, 'close');
      }),
    );
}

/**
 * Memory is released when the garbage collector runs: waits for less than the limit and returns the
 * lowest value in any case.
 */
async function lowestRss(limitBytes: number): Promise<number> {
  await until('the memory is released', async () => {
    await gateway.heapBytes();
    return gateway.rssBytes() < limitBytes;
  }).catch(() => undefined);
  return gateway.rssBytes();
}
