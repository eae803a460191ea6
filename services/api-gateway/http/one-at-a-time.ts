import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Requests that wait behind another request of their connection, for all connections together;
 * about 4 kB each.
 */
const MAX_WAITING = 4_096;

type Request = [request: IncomingMessage, response: ServerResponse];

/**
 * Handles the requests of a connection one at a time, in order. While some are waiting, the
 * connection is not read. One chunk of 64 kB may still contain two thousand requests, so all
 * connections share a limit; beyond it the connection is closed.
 */
export function oneAtATime(listener: RequestListener): RequestListener {
  const queues = new WeakMap<Socket, Request[]>();
  let waiting = 0;

  function answer(socket: Socket, line: Request[], [request, response]: Request): void {
    response.once('close', () => {
      const next = line.shift();
      if (!next) {
        queues.delete(socket);
        socket.resume();
        return;
      }
      waiting--;
      if (!socket.destroyed) answer(socket, line, next);
    });
    listener(request, response);
  }

  return (request, response) => {
    // Middlewares and the response stream each add a listener: a dozen is not a leak.
    response.setMaxListeners(20);
    const { socket } = request;
    const line = queues.get(socket);
    if (!line) {
      const queue: Request[] = [];
      queues.set(socket, queue);
      answer(socket, queue, [request, response]);
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
