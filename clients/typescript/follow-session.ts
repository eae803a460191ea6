import type { ApiClient } from '../../services/contract/client/api-client.ts';
import { ApiError } from '../../services/contract/client/api-error.ts';
import { CLOSE } from '../../services/contract/live/close-codes.ts';
import { readSessionMessage } from '../../services/contract/live/read-message.ts';
import type { DetailedSessionMessage } from '../../services/contract/live/session-messages.ts';
import { openSocket, type SocketConstructor } from './message-queue.ts';

export interface FollowOptions {
  /** Starts after the first N points, of which the caller has the last `seq`. Default: 0. */
  after?: number;
  /** Ends the generator, which throws its reason. */
  signal?: AbortSignal;
  /** The connection is lost, or was not accepted; it is tried again. */
  onLost?: (reason: string) => void;
}

/** The server whose session is followed. */
export interface FollowedServer {
  client: Pick<ApiClient, 'get'>;
  /** `ws://host:port` */
  socketUrl: string;
  protocols: string[];
  WebSocket: SocketConstructor;
}

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;

/**
 * Every point and every change of status of a session, in order, until it has ended. Reconnects
 * after a loss: no point is missing and none comes twice. Throws `ApiError` if the API refuses.
 */
export async function* followSession(
  { client, socketUrl, protocols, WebSocket }: FollowedServer,
  sessionId: number,
  options: FollowOptions = {},
): AsyncGenerator<DetailedSessionMessage, void, undefined> {
  const { signal, onLost } = options;
  let after = options.after ?? 0;
  if (!Number.isInteger(after) || after < 0)
    throw new RangeError(`after is ${after}: it must be a number of points, from 0`);
  // WebSockets of browsers do not show why a server refuses them.
  let { status } = await client.get(`/api/skyscan/${sessionId}`, signal);
  let known: string | undefined;
  for (let attempt = 0; ; attempt++) {
    const url = `${socketUrl}/ws/skyscan/${sessionId}?after=${after}&detail=full`;
    const { messages, closed } = openSocket(new WebSocket(url, protocols), signal);
    for await (const data of messages) {
      const message = readSessionMessage(data, sessionId, status);
      if (!message) continue;
      attempt = 0;
      ({ status } = message);
      if (message.point) {
        if (message.point.seq <= after) continue;
        after = message.point.seq;
      } else {
        const state = stateOf(message);
        if (state === known) continue;
        known = state;
      }
      yield message;
    }
    signal?.throwIfAborted();
    const { code, reason } = closed();
    if (code === CLOSE.normal) return;
    if (code === CLOSE.unknown) throw new ApiError(404, reason);
    onLost?.(reason || `closed with ${code}`);
    await delay(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10)), signal);
    await checkAccess(client, sessionId, signal);
  }
}

/** Throws if another attempt is refused too. */
async function checkAccess(
  client: FollowedServer['client'],
  sessionId: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  await client.get(`/api/skyscan/${sessionId}`, signal).catch((error: unknown) => {
    const isTemporary =
      error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
    if (!isTemporary) throw error;
  });
}

/** What makes a status different from the last one; times change with every message. */
function stateOf(message: DetailedSessionMessage): string {
  if (message.point) return '';
  const { status, fault, rotor_rests, resumes_itself } = message;
  return JSON.stringify([status, fault?.observation, rotor_rests, resumes_itself]);
}

function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
