import type { IncomingMessage, Server } from 'node:http';
import { WebSocketServer } from 'ws';
import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { withoutBase } from '../http/base-path.ts';
import type { Connections } from '../http/connections.ts';
import type { EventLoopScheduler } from '../http/event-loop-scheduler.ts';
import type { Refusal } from '../http/security.ts';
import { answerAndClose } from '../http/server.ts';
import type { Metrics } from '../metrics.ts';
import { CLOSE } from '#contract/live/close-codes';
import type { LiveRoute, Serve } from './live-route.ts';
import { LiveSocket } from './live-socket.ts';

const PROTOCOL = 'skyscan';
const MAX_FRAME_BYTES = 4 * 1024;
const HEARTBEAT_MS = 15_000;
// Limit of unread data for all viewers together.
const MAX_UNSENT_BYTES = 128 * 1024 * 1024;
const SWEEP_MS = 1_000;
const CLOSE_TIMEOUT_MS = 1_000;

export interface LiveServer {
  close(): Promise<void>;
}

/** Serves `/ws/*` on an HTTP server. */
export function serveWebSockets(parts: {
  server: Server;
  routes: readonly LiveRoute[];
  /** The checks of HTTP; returns the reason for refusing a request. */
  refuse: (request: IncomingMessage) => Refusal | undefined;
  connections: Connections;
  scheduler: Pick<EventLoopScheduler, 'nextSlot'>;
  basePath: string;
  maxViewers: number;
  metrics: Metrics;
  logger: Logger;
}): LiveServer {
  const { server, routes, refuse, connections, scheduler, basePath, maxViewers, metrics, logger } = parts;
  const sockets = new WebSocketServer({
    noServer: true,
    WebSocket: LiveSocket,
    clientTracking: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  const alive = new WeakSet<LiveSocket>();

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refused = refuse(request) ?? (sockets.clients.size >= maxViewers ? TOO_MANY : undefined);
    const found = refused ?? find(withoutBase(request.url ?? '', basePath));
    if (typeof found !== 'function') {
      // A refusal can wait until the connections behind it are accepted.
      void scheduler.nextSlot().then(() => {
        if (!socket.destroyed) answerAndClose(socket, found.status, found.detail, headersOf(found));
      });
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      connections.verified(socket);
      client.connection = socket;
      serveClient(client, found);
    });
  });

  function find(url: string): Serve | Refusal {
    for (const route of routes) {
      const found = route(url);
      if (found) return found;
    }
    return NOT_FOUND;
  }

  function serveClient(client: LiveSocket, serve: Serve): void {
    metrics.viewers.set(sockets.clients.size);
    alive.add(client);
    client.on('pong', () => alive.add(client));
    client.on('close', () => metrics.viewers.set(sockets.clients.size));
    client.on('error', () => undefined); // an oversized or invalid frame: ws closes the connection
    // Messages of clients are ignored; the listener keeps the stream flowing.
    client.on('message', () => undefined);
    serve(client).catch((error: unknown) => {
      logger.debug({ err: errorMessage(error) }, 'cannot serve a viewer');
      client.close(CLOSE.tooSlow, 'Cannot connect to the database');
    });
  }

  const heartbeat = setInterval(() => {
    for (const client of sockets.clients)
      if (alive.delete(client)) client.ping();
      else client.terminate();
  }, HEARTBEAT_MS);

  const sweep = setInterval(() => {
    for (const client of slowestReaders(sockets.clients, MAX_UNSENT_BYTES)) {
      metrics.viewersTooSlow.inc();
      client.close(CLOSE.tooSlow, 'Too slow: reconnect with ?after=N');
      // A client that does not read does not see the closing handshake.
      setTimeout(() => client.terminate(), CLOSE_TIMEOUT_MS).unref();
    }
  }, SWEEP_MS);

  return {
    async close() {
      clearInterval(heartbeat);
      clearInterval(sweep);
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

/** The clients with the most unread data; without them the others are below the limit. */
function slowestReaders(clients: Iterable<LiveSocket>, limitBytes: number): LiveSocket[] {
  const open = [...clients].map((client) => ({ client, bytes: client.bufferedAmount }));
  let total = open.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= limitBytes) return [];
  open.sort((a, b) => b.bytes - a.bytes);
  const found: LiveSocket[] = [];
  for (const { client, bytes } of open) {
    if (total <= limitBytes) break;
    total -= bytes;
    if (client.readyState === client.OPEN) found.push(client);
  }
  return found;
}

const TOO_MANY: Refusal = { status: 503, detail: 'Too many viewers' };
const NOT_FOUND: Refusal = { status: 404, detail: 'Not Found' };

function headersOf({ status }: Refusal): string[] {
  if (status === 401) return ['WWW-Authenticate: Bearer'];
  return status === 503 ? ['Retry-After: 10'] : [];
}
