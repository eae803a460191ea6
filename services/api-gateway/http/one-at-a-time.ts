import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Requests that wait behind another one of their connection, over all connections: some 4 kB each.
 */
const MAX_WAITING = 4_096;

type Request = [request: IncomingMessage, response: ServerResponse];

/**
 * Answers one request of a connection at a time, in the order they came. While some wait, nothing
 * more is read from the connection. One chunk of 64 kB may still hold two thousand requests, so all
 * connections share a bound: beyond it, the connection is closed.
 */
export function oneAtATime(listener: RequestListener): RequestListener {
  const lines = new WeakMap<Socket, Request[]>();
  let waiting = 0;

  function answer(socket: Socket, line: Request[], [request, response]: Request): void {
    response.once('close', () => {
      const next = line.shift();
      if (!next) {
        lines.delete(socket);
        socket.resume();
        return;
      }
      waiting--;
      if (!socket.destroyed) answer(socket, line, next);
    });
    listener(request, response);
  }

  return (request, response) => {
    // Every middleware and the stream of the answer wait for its end: a dozen is no leak.
    response.setMaxListeners(20);
    const { socket } = request;
    const line = lines.get(socket);
    if (!line) {
      const begun: Request[] = [];
      lines.set(socket, begun);
      answer(socket, begun, [request, response]);
      return;
    }
    if (waiting >= MAX_WAITING) {
      socket.destroy();
      return;
    }
    if (line.length === 0)
      socket.once('close', () => {
        waiting -= line.length;
        line.length = 0;
      });
    waiting++;
    line.push([request, response]);
    socket.pause();
  };
}
