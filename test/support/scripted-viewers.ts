import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { onTestFinished } from 'vitest';
import { CLOSE } from '#contract/live/close-codes';
import { measurementOf } from '#contract/point-record';
import type { SessionStatus } from '#contract/session-status';
import { pointText, statusText } from '../../services/api-gateway/published.ts';
import { pointOf, type FakeSpec } from './gateway-points.ts';

/** A connection: what the server does with it, the status of its refusal, or dropped unanswered. */
export type Connection = ((socket: WebSocket) => void) | number | 'drop';

/** A session of six points over connections that are lost in every way. */
export const EVERY_LOSS: {
  script: readonly Connection[];
  /** Status and seq of each message that a client must show. */
  messages: [string, number | null][];
  /** `after` of each connection. */
  asked: number[];
} = {
  script: [
    (socket) => {
      sendMessages(socket, 'running', null, 1, 2, 3);
      socket.close(CLOSE.tooSlow, 'Too slow: reconnect with ?after=N');
    },
    503,
    (socket) => {
      // A point that the client has, as of a server that knows no `after`.
      sendMessages(socket, 'running', null, 3, 4);
      socket.terminate();
    },
    (socket) => socket.close(CLOSE.goingAway),
    'drop',
    429,
    (socket) => {
      sendMessages(socket, 'running', null, 5);
      socket.close(CLOSE.internal, 'Stored points cannot be read');
    },
    (socket) => {
      sendMessages(socket, 'running', null);
      sendMessages(socket, 'completed', 6, null);
      socket.close(CLOSE.normal, 'Scan is completed');
    },
  ],
  messages: [
    ['running', null],
    ...[1, 2, 3, 4, 5].map((seq): [string, number] => ['running', seq]),
    ['completed', 6],
    ['completed', null],
  ],
  asked: [0, 3, 3, 4, 4, 4, 4, 5],
};

/** A server whose WebSockets follow a script; `asked`: `after` of each connection. */
export async function startScriptedServer(
  script: readonly Connection[],
  onDownload?: (request: IncomingMessage, response: ServerResponse) => void,
) {
  const asked: number[] = [];
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer((request, response) => {
    if (request.url?.includes('/measurements')) onDownload?.(request, response);
    else response.end('{"id": 1, "status": "running"}');
  });
  server.on('upgrade', (request, socket, head) => {
    const connection = script[asked.length] ?? 500;
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    asked.push(Number(searchParams.get('after')));
    if (connection === 'drop') socket.destroy();
    else if (typeof connection === 'number')
      socket.end(`HTTP/1.1 ${connection} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    else sockets.handleUpgrade(request, socket, head, connection);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** Sends a status (null) and points by their seq. */
export function sendMessages(socket: WebSocket, status: SessionStatus, ...seqs: (number | null)[]): void {
  const facts = { id: 1, revision: 1, completed: 0, total: 6, status };
  for (const seq of seqs)
    socket.send(
      seq === null ? statusText(facts, true) : pointText(facts, measurementOf(pointOf(SPEC, seq)), true),
    );
}

const SPEC: FakeSpec = {
  azStartDeg: 0,
  azEndDeg: 50,
  elStartDeg: 20,
  elEndDeg: 20,
  stepDeg: 10,
  rssiIterations: 1,
};
