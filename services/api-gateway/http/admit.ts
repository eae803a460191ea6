import type { RequestHandler } from 'express';
import type { Connections } from './connections.ts';
import { hasBody } from './has-body.ts';
import { checkApiKey, type SecuritySettings } from './security.ts';

/**
 * Protects the connection of an acceptable request from eviction. With API keys, a connection that
 * has sent a valid one stays protected. Without keys anyone can send a request, so the connection
 * is protected only while it is answered, from the last byte of the request on.
 */
export function admit(connections: Connections, security: SecuritySettings): RequestHandler {
  const refusal = checkApiKey(security);
  const hasKeys = security.apiKeys.length > 0;
  return (request, response, next) => {
    const { socket } = request;
    if (hasKeys) {
      // Some addresses need no key; a request for one of them protects nothing.
      if (!refusal(request)) connections.verified(socket);
    } else {
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
