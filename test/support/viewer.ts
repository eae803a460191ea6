import WebSocket from 'ws';
import { checkedLiveMessage } from './checked-message.ts';

/**
 * A viewer that comes back after every loss for what it has not seen yet, and whenever it is told
 * to.
 */
export interface ReturningViewer {
  /** Of every point, in the order in which they came, over all connections. */
  readonly seqs: number[];
  /** Each word once in a row, over all connections. */
  readonly statuses: string[];
  /** The session has ended and everything was said. */
  readonly over: boolean;
  /** Hangs up in the middle of whatever it is and comes back. */
  comeBack(): void;
  close(): void;
}

const RECONNECT_MS = 20;

/** `url`: of the gateway, `http://...`. */
export function watchForGood(url: string, sessionId: number): ReturningViewer {
  const seqs: number[] = [];
  const statuses: string[] = [];
  let closed = false;
  let over = false;
  let socket: WebSocket;

  function connect(): void {
    if (closed) return;
    const after = seqs.at(-1) ?? 0;
    const address = `${url.replace('http', 'ws')}/ws/skyscan/${sessionId}?after=${after}&detail=full`;
    const mine = new WebSocket(address, { handshakeTimeout: 2_000 });
    socket = mine;
    mine.on('message', (data: Buffer) => {
      // What was on its way when it hung up is sent again.
      if (socket !== mine) return;
      const message = checkedLiveMessage(address, data.toString()) as {
        status: string;
        point: { seq: number } | null;
      };
      if (message.point) seqs.push(message.point.seq);
      if (statuses.at(-1) !== message.status) statuses.push(message.status);
    });
    mine.on('error', () => undefined);
    mine.on('close', (code) => {
      if (socket !== mine) return;
      over = code === 1000;
      if (!over) setTimeout(connect, RECONNECT_MS).unref();
    });
  }

  connect();
  return {
    seqs,
    statuses,
    get over() {
      return over;
    },
    comeBack() {
      if (over || closed) return;
      const old = socket;
      connect();
      old.terminate();
    },
    close() {
      closed = true;
      socket.terminate();
    },
  };
}
