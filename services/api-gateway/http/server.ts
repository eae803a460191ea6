import { once } from 'node:events';
import { createServer, IncomingMessage, STATUS_CODES, type RequestListener, type Server } from 'node:http';
import type { Server as NetServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { SkyScanError, errorMessage } from '#shared/base/errors';
import { withoutBase } from './base-path.ts';
import type { Connections } from './connections.ts';
import { oneAtATime } from './one-at-a-time.ts';

const MAX_HEADER_BYTES = 16 * 1024;
const GRACE_MS = 1_000;
const LINGER_MS = 1_000;
// Backlog of connections to accept. A client that finds the backlog full retries only after a whole
// second.
const BACKLOG = 4_096;
// Longer than nginx keeps its connections (60 s). A `stop` over an open connection does not wait
// behind connections that are being opened.
const KEEP_ALIVE_MS = 65_000;

/**
 * A request whose `Upgrade` header is ignored unless it is for a WebSocket, as RFC 9110 (7.8)
 * allows: common clients request h2c with every request. Node checks `upgrade`, which its parser
 * sets, before any handler runs.
 */
class Request extends IncomingMessage {
  get upgrade(): boolean {
    return UPGRADES.get(this) === true && (this.method === 'CONNECT' || asksForWebSocket(this));
  }

  set upgrade(value: boolean | null) {
    UPGRADES.set(this, value === true);
  }
}

// IncomingMessage sets `upgrade` in its constructor, before fields of this class exist.
const UPGRADES = new WeakMap<IncomingMessage, boolean>();

function asksForWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.trim().toLowerCase() === 'websocket';
}

/**
 * Creates an HTTP server with small headers, no slow requests, one request per connection at a
 * time, and protocol errors in the published form. It is not listening yet.
 */
export function createHttpServer(
  listener: RequestListener,
  connections: Connections,
  basePath: string,
): Server {
  const server = createServer(
    {
      IncomingMessage: Request,
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 2_000,
    },
    oneAtATime((request, response) => {
      // Express keeps originalUrl; the dashboard needs to know whether the address ends with a
      // slash.
      Object.assign(request, { originalUrl: request.url });
      request.url = withoutBase(request.url ?? '', basePath);
      listener(request, response);
    }),
  );
  server.on('connection', (socket) => connections.opened(socket));
  const refused = new WeakSet<Duplex>();
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // Data after the first error belong to the same request.
    if (refused.has(socket)) return;
    refused.add(socket);
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
    else answerAndClose(socket, ...refusal(error.code));
  });
  server.on('checkExpectation', ({ socket }: IncomingMessage) =>
    answerAndClose(socket, 417, 'Expect can only be 100-continue'),
  );
  return server;
}

/**
 * Sends a response on the bare connection and closes it: at once if the client has closed its half,
 * else within a second.
 */
export function answerAndClose(socket: Duplex, status: number, detail: string, headers: string[] = []): void {
  const body = JSON.stringify({ detail });
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  const linger = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.on('error', () => socket.destroy());
  socket.once('close', () => clearTimeout(linger));
  socket.once('end', () => socket.destroy());
  // Keep reading: with unread data the system would drop the response with the connection.
  socket.resume();
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** Listens and resolves with the port. The error for a port in use names the variable. */
export async function listen(
  server: NetServer,
  host: string,
  port: number,
  variable: 'HTTP_PORT' | 'LINK_PORT' | 'ROTCTLD_FRONT',
): Promise<number> {
  try {
    await once(server.listen({ port, host, backlog: BACKLOG }), 'listening');
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
        ? 'is in use'
        : `cannot be used: ${errorMessage(error)}`;
    throw new SkyScanError(
      'unavailable',
      `port ${port} on ${host} ${reason}; choose another with ${variable}`,
      {
        cause: error,
      },
    );
  }
  return (server.address() as AddressInfo).port;
}

/** Finishes requests for a second, then closes every connection. */
export async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(force);
}

function refusal(code: string | undefined): [number, string] {
  if (code === 'HPE_HEADER_OVERFLOW') return [431, 'Headers are larger than 16 kB'];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return [408, 'Request timed out'];
  return [400, 'Malformed request'];
}
