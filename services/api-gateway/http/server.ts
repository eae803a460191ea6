import { once } from 'node:events';
import { createServer, IncomingMessage, STATUS_CODES, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { SkyScanError, errorMessage } from '#shared/base/errors';
import { withoutBase } from './base-path.ts';
import type { Connections } from './connections.ts';
import { oneAtATime } from './one-at-a-time.ts';

const MAX_HEADER_BYTES = 16 * 1024;
const GRACE_MS = 1_000;
const LINGER_MS = 1_000;
// Connections that wait to be accepted. A client that finds no place waits a whole second before it
// tries again.
const BACKLOG = 4_096;
// Longer than nginx keeps its connections (60 s). A `stop` over an open connection does not wait
// behind connections that are being opened.
const KEEP_ALIVE_MS = 65_000;

/**
 * A request whose `Upgrade` header is ignored unless it asks for a WebSocket, as RFC 9110 (7.8)
 * allows: common clients ask for h2c with every request. Node decides by `upgrade`, which its
 * parser sets, before anybody else sees the request.
 */
class Request extends IncomingMessage {
  get upgrade(): boolean {
    return UPGRADES.get(this) === true && (this.method === 'CONNECT' || asksForWebSocket(this));
  }

  set upgrade(value: boolean | null) {
    UPGRADES.set(this, value === true);
  }
}

// IncomingMessage sets `upgrade` in its constructor, before this class could have fields.
const UPGRADES = new WeakMap<IncomingMessage, boolean>();

function asksForWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.trim().toLowerCase() === 'websocket';
}

/**
 * An HTTP server that is not listening yet: small headers, no slow requests, one request of a
 * connection at a time, errors of the protocol in the published form.
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
      // Express keeps it: the dashboard has to know whether the address ends with a slash.
      Object.assign(request, { originalUrl: request.url });
      request.url = withoutBase(request.url ?? '', basePath);
      listener(request, response);
    }),
  );
  server.on('connection', (socket) => connections.opened(socket));
  const refused = new WeakSet<Duplex>();
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // What comes after the first error is more of the same request.
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
 * Answers on the bare connection and closes it: at once when the client has closed its half, else
 * within a second.
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
  // Read on, so that what is unread does not make the system drop the answer with the connection.
  socket.resume();
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** Listens; resolves with the port. A port in use is one sentence that names the variable. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    await once(server.listen({ port, host, backlog: BACKLOG }), 'listening');
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
        ? 'is in use'
        : `cannot be used: ${errorMessage(error)}`;
    throw new SkyScanError('unavailable', `port ${port} on ${host} ${why}; choose another with HTTP_PORT`, {
      cause: error,
    });
  }
  return (server.address() as AddressInfo).port;
}

/** Answers what has begun for a second, then ends every connection. */
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
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return [408, 'Request took too long'];
  return [400, 'Malformed request'];
}
