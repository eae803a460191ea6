import { createApiClient, type ApiClient } from '../../services/contract/client/api-client.ts';
import { bearerConnection } from '../../services/contract/client/bearer-connection.ts';
import type { DetailedSessionMessage } from '../../services/contract/live/session-messages.ts';
import { followSession, type FollowOptions } from './follow-session.ts';
import type { SocketConstructor } from './message-queue.ts';

export interface ServerOptions {
  /** Such as `http://127.0.0.1:8080` or `https://sky.example.org/base`. */
  url: string;
  /** The API key; a server that is bound to loopback needs none. */
  key?: string;
  /** Aborts every request. */
  signal?: AbortSignal;
  /** Longest time for a whole response; default: no limit. */
  timeoutMs?: number;
  /** Default: that of the browser or of Node 22; on Node 20 the class of the package `ws`. */
  WebSocket?: SocketConstructor;
}

/** Client of a Sky Scan. Every call throws `ApiError`, or the signal's reason once it has fired. */
export interface SkyScan extends ApiClient {
  /** Follows a session until it has ended. */
  follow(sessionId: number, options?: FollowOptions): AsyncGenerator<DetailedSessionMessage, void, undefined>;
}

export function connect(options: ServerOptions): SkyScan {
  const { key, timeoutMs } = options;
  const { protocol } = new URL(options.url);
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new TypeError(`url ${options.url} must start with http:// or https://`);
  const url = options.url.replace(/\/+$/, '');
  const client = createApiClient(
    bearerConnection({
      baseUrl: url,
      key,
      signal: options.signal ?? new AbortController().signal,
      ...(timeoutMs !== undefined && { timeoutMs }),
      unreachable: (cause) => `${url} cannot be reached: ${reasonOf(cause)}`,
    }),
  );
  return {
    ...client,
    follow(sessionId, follow = {}) {
      const WebSocket = options.WebSocket ?? (globalThis as { WebSocket?: SocketConstructor }).WebSocket;
      if (!WebSocket)
        throw new TypeError('this version of Node has no WebSocket: pass that of the package ws');
      const signals = [options.signal, follow.signal].filter((signal) => signal !== undefined);
      const socketUrl = url.replace(/^http/, 'ws');
      // Browsers cannot send headers with a WebSocket.
      const protocols = key === undefined ? ['skyscan'] : ['skyscan', `bearer.${key}`];
      const server = { client, socketUrl, protocols, WebSocket };
      return followSession(server, sessionId, { ...follow, signal: AbortSignal.any(signals) });
    },
  };
}

/** `fetch failed` has the reason as its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
