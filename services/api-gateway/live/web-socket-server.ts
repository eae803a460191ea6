import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { STATUS_CODES } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { z } from 'zod';
import { errorMessage } from '#shared/errors';
import type { Logger } from '#shared/logger';
import type { Refusal } from '../http/security.ts';
import { MAX_ID } from '../http/ids.ts';
import type { Metrics } from '../metrics.ts';
import type { LiveHub } from './hub.ts';
import { CLOSE, type ViewerOptions } from './viewer.ts';

const PATH = /^\/ws\/skyscan\/([^/]+)\/?$/;
const PROTOCOL = 'skyscan';
const MAX_FRAME_BYTES = 4 * 1024;
const HEARTBEAT_MS = 15_000;

const querySchema = z.object({
  after: z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number)
    .optional(),
  detail: z.enum(['full']).optional(),
});

interface Request {
  /** Infinity: no id at all. */
  sessionId: number;
  options: ViewerOptions;
}

export interface LiveServer {
  close(): Promise<void>;
}

/** Serves `/ws/skyscan/{id}` on an HTTP server. */
export function serveWebSockets(parts: {
  server: Server;
  hub: LiveHub;
  /** Why a request may not come in; the same checks as for HTTP. */
  refuse: (request: IncomingMessage) => Refusal | undefined;
  maxViewers: number;
  metrics: Metrics;
  logger: Logger;
}): LiveServer {
  const { server, hub, refuse, maxViewers, metrics, logger } = parts;
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  const answered = new WeakSet<WebSocket>();

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refused = refuse(request) ?? (sockets.clients.size >= maxViewers ? TOO_MANY : undefined);
    const parsed = refused ?? parseRequest(request.url ?? '');
    if ('status' in parsed) {
      refuseUpgrade(socket, parsed);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => welcome(client, parsed));
  });

  function welcome(client: WebSocket, { sessionId, options }: Request): void {
    metrics.viewers.set(sockets.clients.size);
    answered.add(client);
    client.on('pong', () => answered.add(client));
    client.on('close', () => metrics.viewers.set(sockets.clients.size));
    client.on('error', () => undefined); // a frame that is too large or no frame at all: ws closes by itself
    // What clients say is ignored; a listener keeps the stream flowing.
    client.on('message', () => undefined);
    if (sessionId > MAX_ID) {
      client.close(CLOSE.unknownSession, 'Scan session not found');
      return;
    }
    hub.attach(client, sessionId, options).catch((error: unknown) => {
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

function parseRequest(url: string): Request | Refusal {
  const question = url.indexOf('?');
  const path = question < 0 ? url : url.slice(0, question);
  const id = PATH.exec(path)?.[1];
  if (id === undefined) return { status: 404, detail: 'Not Found' };
  const parameters = new URLSearchParams(question < 0 ? '' : url.slice(question));
  const names = [...parameters.keys()];
  const query = querySchema.safeParse(Object.fromEntries(parameters));
  if (!query.success || new Set(names).size < names.length)
    return {
      status: 400,
      detail: 'after must be a whole number of points, detail can only be full, each at most once',
    };
  // An id that is none is like any unknown one: the socket opens and closes with 4404.
  const sessionId = /^[1-9]\d{0,18}$/.test(id) ? Number(id) : Infinity;
  return { sessionId, options: { after: query.data.after, full: query.data.detail === 'full' } };
}

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
