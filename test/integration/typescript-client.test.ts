import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLOSE } from '#contract/live/close-codes';
import { connect } from '../../clients/typescript/connect.ts';
import type { FollowOptions } from '../../clients/typescript/follow-session.ts';
import { startTestScan } from '../support/gateway-scan.ts';
import { createGatewayWorld, type GatewayWorld } from '../support/gateway-harness.ts';
import {
  EVERY_LOSS,
  sendMessages,
  startScriptedServer,
  type Connection,
} from '../support/scripted-viewers.ts';

// How clients/typescript follows a session.

async function follow(url: string, options: FollowOptions = {}) {
  const messages: [string, number | null][] = [];
  for await (const { status, point } of connect({ url, WebSocket }).follow(1, options))
    messages.push([status, point && point.seq]);
  return messages;
}

describe('a session', () => {
  test('continues after every kind of loss with the next point, once', async () => {
    const server = await startScriptedServer(EVERY_LOSS.script);
    const losses: string[] = [];
    expect(await follow(server.url, { onLost: (reason) => losses.push(reason) })).toEqual(
      EVERY_LOSS.messages,
    );
    expect(server.asked).toEqual(EVERY_LOSS.asked);
    expect(losses).toHaveLength(EVERY_LOSS.asked.length - 1);
    expect(losses[0]).toBe('Too slow: reconnect with ?after=N');
  });

  test('that is deleted ends with an error', async () => {
    const server = await startScriptedServer([
      (socket) => socket.close(CLOSE.unknown, 'Scan session not found'),
    ]);
    await expect(follow(server.url, { after: 7 })).rejects.toMatchObject({
      status: 404,
      message: 'Scan session not found',
    });
    expect(server.asked).toEqual([7]);
  });

  test('is left when its signal fires, also without a message', async () => {
    const abort = new AbortController();
    const reason = new Error('left');
    let closed: Promise<void> | undefined;
    const silent: Connection = (socket) => {
      closed = new Promise((resolve) => socket.once('close', () => resolve()));
      abort.abort(reason);
    };
    const server = await startScriptedServer([silent]);
    await expect(follow(server.url, { signal: abort.signal })).rejects.toBe(reason);
    await closed;
  });

  test('with more messages than its reader reads continues where the reader is', async () => {
    let onReceived = () => {};
    const received = new Promise<void>((resolve) => (onReceived = resolve));
    const many = Array.from({ length: 3_000 }, (_, k) => k + 1);
    const send: Connection = (socket) => {
      sendMessages(socket, 'running', ...many);
      // The pong comes after the client has received them all.
      socket.once('pong', onReceived);
      socket.ping();
    };
    const rest: Connection = (socket) => {
      sendMessages(socket, 'running', ...many.slice(server.asked.at(-1)));
      socket.close(CLOSE.normal);
    };
    const server = await startScriptedServer([send, rest]);
    const seqs: number[] = [];
    for await (const { point } of connect({ url: server.url, WebSocket }).follow(1)) {
      if (!point) continue;
      // Everything of the first connection arrives while the first point is read.
      if (seqs.length === 0) await received;
      seqs.push(point.seq);
    }
    expect(seqs).toEqual(many);
  });

  test.each([-1, 1.5, NaN])('is not followed after %s points', async (after) => {
    await expect(follow('http://127.0.0.1:1', { after })).rejects.toThrow(`after is ${after}`);
  });
});

describe('a gateway with a key', () => {
  const KEY = 'staple.of_the~trade+1';
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await createGatewayWorld({ API_KEYS: KEY });
  });
  afterAll(() => world.close());

  test('sends the points of a session until its end', async () => {
    const withKey = {
      ...world,
      gateway: {
        ...world.gateway,
        get: (path: string) => world.gateway.request(path, { headers: { 'x-api-key': KEY } }),
        post: (path: string, body: unknown) =>
          world.gateway.request(path, { method: 'POST', headers: { 'x-api-key': KEY }, body }),
      },
    };
    const scan = await startTestScan(withKey, { rows: 1, columns: 3 });
    await scan.setStatus('running');
    const sky = connect({ url: `${world.gateway.url}/`, key: KEY, WebSocket });
    const messages: unknown[] = [];
    for await (const { status, point, total } of sky.follow(scan.id)) {
      messages.push([status, point && point.measurement.mean_dbm, total]);
      if (messages.length === 1) await scan.measure(3);
      if (point?.seq === 3) await scan.setStatus('completed');
    }
    expect(messages.slice(-4)).toEqual([
      ...[1, 2, 3].map(() => ['running', -92.4, 3]),
      ['completed', null, 3],
    ]);
  });

  test.each([
    ['a wrong key', { key: 'wrong-horse-battery' }, { status: 401, message: 'Missing or wrong API key' }],
    ['a server that is not there', { url: 'http://127.0.0.1:1' }, { status: 0 }],
  ])('%s is an error at once', async (_name, change, error) => {
    const sky = connect({ url: world.gateway.url, key: KEY, WebSocket, ...change });
    await expect(sky.follow(1).next()).rejects.toMatchObject(error);
  });

  test('an address without a scheme is refused', () => {
    expect(() => connect({ url: 'sky.example.org:8080' })).toThrow('must start with http:// or https://');
  });
});
