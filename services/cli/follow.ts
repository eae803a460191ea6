import { WebSocket } from 'ws';
import { backoffMs, sleep } from '#shared/runtime/waiting';
import { ApiError, refusalOf } from '#contract/client/api-error';
import { CLOSE } from '#contract/live/close-codes';
import type { Api } from './api.ts';

/** What is told to whoever follows. */
export interface Follower<M> {
  /** Undefined: the message is malformed, and is ignored. */
  read(data: unknown): M | undefined;
  onMessage(message: M): void;
  /** The connection is gone and is being made again. */
  onLost(why: string): void;
  /** It is there again. */
  onBack(): void;
}

// The server pings every 15 s.
const SILENCE_MS = 40_000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;

/**
 * Follows a WebSocket of the API until the server says that all was said, or the signal fires; a
 * connection that drops is made again for ever, with the path of that moment. Throws `ApiError`
 * when the API does not want to.
 */
export async function follow<M>(
  api: Api,
  path: () => string,
  follower: Follower<M>,
  signal: AbortSignal,
): Promise<void> {
  const isOver = () => signal.aborted;
  for (let attempt = 0; !isOver(); attempt++) {
    const onOpen = () => {
      if (attempt > 0) follower.onBack();
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
    if (end.code === CLOSE.normal || isOver()) return;
    if (end.refusal) throw end.refusal;
    if (attempt === 0) follower.onLost(end.why);
    await sleep(backoffMs(attempt, FIRST_RETRY_MS, LAST_RETRY_MS), signal).catch(() => undefined);
  }
}

interface End {
  code: number;
  why: string;
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
    let why = 'the connection dropped';
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
    socket.on('error', (error) => (why = error.message));
    socket.on('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => undefined);
      response.on('close', () => {
        const status = response.statusCode ?? 0;
        const refusal = refusalOf(status, Buffer.concat(chunks).toString());
        // Too many viewers, a proxy without a server: that passes.
        finish(status >= 500 ? { code: 0, why: refusal.message } : { code: 0, why: '', refusal });
      });
    });
    socket.on('close', (code, reason) => {
      const said = reason.toString();
      if (code === CLOSE.unknown) finish({ code, why: said, refusal: new ApiError(404, said) });
      else finish({ code, why: said || why });
    });
  });
}
