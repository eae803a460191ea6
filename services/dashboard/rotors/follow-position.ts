import type { RotorMessage } from '#contract/live/rotor-messages';

/** The part of a WebSocket that is needed. */
export interface PositionSocket {
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  close(): void;
}

interface Follower {
  onPosition(position: RotorMessage): void;
  /** `gone`: there is no such rotor; nothing more comes. */
  onState(state: 'live' | 'lost' | 'gone'): void;
}

const UNKNOWN = 4404;
const FIRST_WAIT_MS = 500;
const MOST_WAIT_MS = 10_000;

/** Follows where a rotor is, and comes back when the connection is lost. Returns what ends it. */
export function followPosition(open: () => PositionSocket, follower: Follower): () => void {
  let socket: PositionSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = FIRST_WAIT_MS;
  let ended = false;

  function connect(): void {
    const current = open();
    socket = current;
    current.onmessage = ({ data }) => {
      const position = parse(data);
      if (ended || !position) return;
      waitMs = FIRST_WAIT_MS;
      follower.onState('live');
      follower.onPosition(position);
    };
    current.onclose = ({ code }) => {
      if (ended) return;
      if (code === UNKNOWN) {
        follower.onState('gone');
        return;
      }
      follower.onState('lost');
      timer = setTimeout(connect, waitMs);
      waitMs = Math.min(MOST_WAIT_MS, waitMs * 2);
    };
  }

  connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    socket?.close();
  };
}

function parse(data: unknown): RotorMessage | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    return JSON.parse(data) as RotorMessage;
  } catch {
    return undefined;
  }
}
