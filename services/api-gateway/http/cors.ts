import type { RequestHandler } from 'express';
import { REASON_HEADER } from '#contract/http-headers';

const METHODS = 'GET, HEAD, POST, PUT, DELETE';
const HEADERS = 'Authorization, Content-Type, X-API-Key';
const EXPOSED = `Location, ETag, Retry-After, ${REASON_HEADER}, RateLimit, RateLimit-Policy`;
const MAX_AGE_S = '600';

/**
 * Lets pages of the allowed origins call the API, including preflight requests, which have no key.
 */
export function cors(allowedOrigins: readonly string[]): RequestHandler {
  const origins = new Set(allowedOrigins.map((origin) => origin.toLowerCase()));
  return (request, response, next) => {
    if (origins.size > 0) response.vary('Origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.has(origin.toLowerCase())) {
      next();
      return;
    }
    response.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': EXPOSED });
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      next();
      return;
    }
    response.set({
      'Access-Control-Allow-Methods': METHODS,
      'Access-Control-Allow-Headers': HEADERS,
      'Access-Control-Max-Age': MAX_AGE_S,
    });
    response.status(204).end();
  };
}
