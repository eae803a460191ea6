import type { RequestHandler } from 'express';
import type { Connections } from './connections.ts';
import { hasBody } from './has-body.ts';

/**
 * Protects the connection of an accepted request from eviction. With API keys it stays protected.
 * Without keys anyone can send a request, so it is protected only while it is answered, from the
 * last byte of the request on.
 */
export function admit(connections: Connections, hasKeys: boolean): RequestHandler {
  return (request, response, next) => {
    const { socket } = request;
    if (hasKeys) connections.verified(socket);
    else {
      response.once('close', () => connections.idle(socket));
      if (hasBody(request) && !request.complete)
        request.once('end', () => {
          if (!response.closed) connections.busy(socket);
        });
      else connections.busy(socket);
    }
    next();
  };
}
