import type { ApiConnection } from './api-client.ts';

export interface BearerOptions {
  /** Such as `http://127.0.0.1:8000`; slashes at its end are ignored. */
  baseUrl: string;
  /** The API key; undefined: none. */
  key: string | undefined;
  /** Aborts every request. */
  signal: AbortSignal;
  /** Longest time for a whole response; default: no limit. */
  timeoutMs?: number;
  unreachable: ApiConnection['unreachable'];
}

/** The headers that carry an API key. */
export function bearerHeaders(key: string | undefined): Record<string, string> {
  return key ? { authorization: `Bearer ${key}` } : {};
}

/** A connection of a program, which sends its API key as a bearer token. */
export function bearerConnection(options: BearerOptions): ApiConnection {
  const { key, signal, timeoutMs, unreachable } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  return {
    send(path, request) {
      const signals = [signal];
      if (request.signal) signals.push(request.signal);
      if (timeoutMs !== undefined) signals.push(AbortSignal.timeout(timeoutMs));
      return fetch(`${baseUrl}${path}`, {
        ...request,
        headers: { ...bearerHeaders(key), ...request.headers },
        signal: AbortSignal.any(signals),
      });
    },
    unreachable,
    signal,
  };
}
