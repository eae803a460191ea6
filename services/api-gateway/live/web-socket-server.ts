import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { STATUS_CODES } from 'node:http';
import { WebSocketServer } from 'ws';
import { errorMessage } from '#shared/errors';
import type { Logger } from '#shared/logger';
import type { Refusal } from '../http/security.ts';
import type { Metrics } from '../metrics.ts';
import { CLOSE } from './close-codes.ts';
import type { LiveRoute, Serve } from './live-route.ts';
import { LiveSocket } from './live-socket.ts';

const PROTOCOL = 'skyscan';
const MAX_FRAME_BYTES = 4 * 1024;
const HEARTBEAT_MS = 15_000;

export interface LiveServer {
  close(): Promise<void>;
}

/** Serves `/ws/*` on an HTTP server. */
export function serveWebSockets(parts: {
  server: Server;
  routes: readonly LiveRoute[];
  /** Why a request may not come in; the same checks as for HTTP. */
  refuse: (request: IncomingMessage) => Refusal | undefined;
  maxViewers: number;
  metrics: Metrics;
  logger: Logger;
}): LiveServer {
  const { server, routes, refuse, maxViewers, metrics, logger } = parts;
  const sockets = new WebSocketServer({
    noServer: true,
    WebSocket: LiveSocket,
    clientTracking: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  const answered = new WeakSet<LiveSocket>();

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refused = refuse(request) ?? (sockets.clients.size >= maxViewers ? TOO_MANY : undefined);
    const found = refused ?? find(request.url ?? '');
    if (typeof found === 'function')
      sockets.handleUpgrade(request, socket, head, (client) => {
        client.wire = socket;
        welcome(client, found);
      });
    else refuseUpgrade(socket, found);
  });

  function find(url: string): Serve | Refusal {
    for (const route of routes) {
      const found = route(url);
      if (found) return found;
    }
    return NOT_FOUND;
  }

  function welcome(client: LiveSocket, serve: Serve): void {
    metrics.viewers.set(sockets.clients.size);
    answered.add(client);
    client.on('pong', () => answered.add(client));
    client.on('close', () => metrics.viewers.set(sockets.clients.size));
    client.on('error', () => undefined); // a frame that is too large or no frame at all: ws closes by itself
    // What clients say is ignored; a listener keeps the stream flowing.
    client.on('message', () => undefined);
    serve(client).catch((error: unknown) => {
      logger.debug({ err: errorMessage(error) }, 'a viewer could not be served');
      client.close(CLOSE.tooSlow, 'Cannot connect to the database');
    });
  }

  const heartbeat = setInterval(() => {
    for (const client of sockets.clients)
      if (answered.delete(client)) client.ping();
      else client.terminate();
  }, HEARTBEAT_MS);

  return {
    async close() {
      clearInterval(heartbeat);
      for (const client of sockets.clients) client.close(CLOSE.goingAway, 'The server is closing');
      const closed = new Promise<void>((resolve) => sockets.close(() => resolve()));
      const force = setTimeout(() => {
        for (const client of sockets.clients) client.terminate();
      }, 500);
      await closed;
      clearTimeout(force);
    },
  };
}

const TOO_MANY: Refusal = { status: 503, detail: 'Too many viewers' };
const NOT_FOUND: Refusal = { status: 404, detail: 'Not Found' };

function refuseUpgrade(socket: Duplex, { status, detail }: Refusal): void {
  const body = JSON.stringify({ detail });
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 401 ? ['WWW-Authenticate: Bearer'] : []),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
