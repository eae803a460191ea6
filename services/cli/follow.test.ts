import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { readSessionMessage } from '#contract/live/read-message';
import { INVALID_PAYLOADS, newerVariant } from '../../test/support/bad-messages.ts';
import type { Api } from './api.ts';
import { follow } from './follow.ts';

const status = {
  session_id: 3,
  status: 'paused',
  progress_pct: 50,
  completed: 1,
  total: 2,
  point: null,
  elapsed_s: null,
  remaining_s: null,
  fault: null,
  rotor_rests: null,
  resumes_itself: null,
};

test('malformed messages are ignored, messages of a newer server are accepted', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    for (const [, data] of INVALID_PAYLOADS) socket.send(data);
    socket.send(JSON.stringify({ ...status, session_id: 4 }));
    socket.send(JSON.stringify(newerVariant({ ...status, status: 'calibrating' })));
    socket.send(JSON.stringify(status));
    socket.close(1000);
  });
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const events: string[] = [];
  const follower = {
    read: (data: unknown) => readSessionMessage(data, 3, 'running'),
    onMessage: (message: { status: string }) => events.push(message.status),
    onLost: (reason: string) => events.push(reason),
    onReconnected: () => events.push('back'),
  };
  const api = { socket: () => ({ url, headers: {} }) } as unknown as Api;
  await follow(api, () => '/', follower, new AbortController().signal);
  // An unknown status is read as the previous one.
  expect(events).toEqual(['running', 'paused']);
  server.close();
});
