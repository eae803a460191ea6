import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { textFrame } from './frame.ts';
import { LiveSocket } from './live-socket.ts';

// Prepared frames, as a client reads them.

const server = createServer();
const sockets = new WebSocketServer({ noServer: true, WebSocket: LiveSocket, perMessageDeflate: false });
let live: LiveSocket;
let client: WebSocket;
const messages: string[] = [];

beforeAll(async () => {
  server.on('upgrade', (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      accepted.connection = socket;
      live = accepted;
    }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.on('message', (data: Buffer, isBinary) =>
    messages.push(`${isBinary ? 'binary ' : ''}${data.toString()}`),
  );
  await once(client, 'open');
});

afterAll(() => {
  client.terminate();
  server.close();
});

async function received(count: number): Promise<string[]> {
  while (messages.length < count) await once(client, 'message');
  return messages.splice(0);
}

test.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])(
  'a text of %i bytes arrives unchanged',
  async (length) => {
    const text = 'x'.repeat(length);
    live.sendFrame(textFrame(text));
    expect(await received(1)).toEqual([text]);
  },
);

test('the length is counted in bytes, not in characters', async () => {
  const text = '°'.repeat(63);
  live.sendFrame(textFrame(text));
  expect(await received(1)).toEqual([text]);
});

test('frames and messages arrive in the order of sending', async () => {
  const frame = textFrame('point');
  for (let i = 0; i < 50; i++) {
    live.sendFrame(frame);
    live.send(`status ${i}`);
  }
  expect(await received(100)).toEqual(Array.from({ length: 50 }, (_, i) => ['point', `status ${i}`]).flat());
});

test('unread data count as unsent, and nothing is sent after closing', async () => {
  client.pause();
  const frame = textFrame('x'.repeat(1 << 20));
  for (let i = 0; i < 16; i++) live.sendFrame(frame);
  expect(live.bufferedAmount).toBeGreaterThan(1 << 20);
  live.close();
  const unsent = live.bufferedAmount;
  live.sendFrame(frame);
  expect(live.bufferedAmount).toBe(unsent);
  client.resume();
  await once(client, 'close');
  expect(messages.every((text) => text.length === 1 << 20)).toBe(true);
});
