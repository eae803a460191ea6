/** The part of a WebSocket that is used: that of browsers, of Node 22 and of the package `ws`. */
export interface Socket {
  close(): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
}

export type SocketConstructor = new (url: string, protocols: string[]) => Socket;

export interface Close {
  code: number;
  reason: string;
}

// A WebSocket cannot be told to wait: one whose reader is slower is closed, and continues later.
const MAX_UNREAD = 1_000;
// The server pings every 15 s, but a page does not see it: a dead connection is only silent.
const SILENCE_MS = 60_000;
/** RFC 6455, section 7.4.1: closed without a close frame. */
const ABNORMAL = 1006;

/**
 * The messages of a socket until it is closed, by either side; then `closed` is the reason. Leaving
 * the loop closes the socket.
 */
export function openSocket(
  socket: Socket,
  signal?: AbortSignal,
): { messages: AsyncGenerator<unknown, void, undefined>; closed: () => Close } {
  const unread: unknown[] = [];
  let end: Close | undefined;
  let wake: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function finish(close: Close): void {
    end ??= close;
    wake?.();
  }
  function watch(): void {
    clearTimeout(timer);
    timer = setTimeout(() => finish({ code: ABNORMAL, reason: 'no message for a minute' }), SILENCE_MS);
  }
  const abort = () => finish({ code: ABNORMAL, reason: 'aborted' });

  socket.addEventListener('message', ({ data }) => {
    if (end) return;
    watch();
    unread.push(data);
    if (unread.length > MAX_UNREAD) finish({ code: ABNORMAL, reason: 'the reader is too slow' });
    wake?.();
  });
  socket.addEventListener('close', ({ code, reason }) => finish({ code, reason }));
  // A close follows.
  socket.addEventListener('error', () => undefined);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  watch();

  async function* messages(): AsyncGenerator<unknown, void, undefined> {
    try {
      for (;;) {
        if (signal?.aborted) return;
        if (unread.length > 0) yield unread.shift();
        else if (end) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.close();
    }
  }
  return { messages: messages(), closed: () => end ?? { code: ABNORMAL, reason: '' } };
}
