import { WebSocket } from 'ws';
import { backoffMs, sleep } from '#shared/runtime/waiting';
import { ApiError, toApiError } from '#contract/client/api-error';
import { CLOSE } from '#contract/live/close-codes';
import type { Api } from './api.ts';

/** Receives the messages and the state of the connection. */
export interface Follower<M> {
  /** Undefined: malformed, ignored. */
  read(data: unknown): M | undefined;
  onMessage(message: M): void;
  /** The connection is lost; reconnecting. */
  onLost(reason: string): void;
  onReconnected(): void;
}

// The server pings every 15 s.
const SILENCE_MS = 40_000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;

/**
 * Follows a WebSocket of the API until the server closes it normally or the signal fires.
 * Reconnects indefinitely after a loss, each time with the current path. Throws `ApiError` if the
 * API refuses the request.
 */
export async function follow<M>(
  api: Api,
  path: () => string,
  follower: Follower<M>,
  signal: AbortSignal,
): Promise<void> {
  const isAborted = () => signal.aborted;
  for (let attempt = 0; !isAborted(); attempt++) {
    const onOpen = () => {
      if (attempt > 0) follower.onReconnected();
      attempt = 0;
    };
    const end = await connectOnce(
      api,
      path(),
      {
        onOpen,
        onMessage(data) {
          const message = follower.read(data);
          if (message !== undefined) follower.onMessage(message);
        },
      },
      signal,
    );
    if (end.code === CLOSE.normal || isAborted()) return;
    if (end.refusal) throw end.refusal;
    if (attempt === 0) follower.onLost(end.reason);
    await sleep(backoffMs(attempt, FIRST_RETRY_MS, LAST_RETRY_MS), signal).catch(() => undefined);
  }
}

interface End {
  code: number;
  reason: string;
  refusal?: ApiError;
}

function connectOnce(
  api: Api,
  path: string,
  { onOpen, onMessage }: { onOpen: () => void; onMessage: (data: unknown) => void },
  signal: AbortSignal,
): Promise<End> {
  const { url, headers } = api.socket(path);
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { headers, handshakeTimeout: 10_000, perMessageDeflate: false });
    let lastError = 'the connection dropped';
    const watchdog = setTimeout(() => socket.terminate(), SILENCE_MS);
    const leave = () => socket.terminate();
    signal.addEventListener('abort', leave, { once: true });
    const finish = (end: End) => {
      clearTimeout(watchdog);
      signal.removeEventListener('abort', leave);
      resolve(end);
    };
    socket.on('open', onOpen);
    socket.on('ping', () => watchdog.refresh());
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      watchdog.refresh();
      onMessage(isBinary ? data : data.toString());
    });
    socket.on('error', (error) => (lastError = error.message));
    socket.on('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => undefined);
      response.on('close', () => {
        const status = response.statusCode ?? 0;
        const refusal = toApiError(status, Buffer.concat(chunks).toString());
        // Temporary: too many viewers, or a proxy without a server.
        finish(status >= 500 ? { code: 0, reason: refusal.message } : { code: 0, reason: '', refusal });
      });
    });
    socket.on('close', (code, data) => {
      const reason = data.toString();
      if (code === CLOSE.unknown) finish({ code, reason, refusal: new ApiError(404, reason) });
      else finish({ code, reason: reason || lastError });
    });
  });
}
