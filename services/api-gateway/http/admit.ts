import type { RequestHandler } from 'express';
import type { Connections } from './connections.ts';
import { hasBody } from './has-body.ts';

/**
 * What comes here may be answered: its connection is not closed for another one. With keys it stays
 * a known one; without keys anybody can send a request, so that only the answer counts, from the
 * last byte of the request on.
 */
export function admit(connections: Connections, hasKeys: boolean): RequestHandler {
  return (request, response, next) => {
    const { socket } = request;
    if (hasKeys) connections.known(socket);
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
