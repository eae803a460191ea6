import WebSocket from 'ws';
import { checkedLiveMessage } from './checked-message.ts';

/**
 * A viewer that reconnects after every loss, or on request, and continues after the last point
 * received.
 */
export interface ReconnectingViewer {
  /** The seq of every point, in the order of arrival over all connections. */
  readonly seqs: number[];
  /** Statuses over all connections, without repetitions in a row. */
  readonly statuses: string[];
  /** The session has ended and the stream is complete. */
  readonly ended: boolean;
  /** Drops the connection at once and reconnects. */
  reconnect(): void;
  close(): void;
}

const RECONNECT_MS = 20;

/** `url` of the gateway: `http://...`. */
export function watchWithReconnect(url: string, sessionId: number): ReconnectingViewer {
  const seqs: number[] = [];
  const statuses: string[] = [];
  let closed = false;
  let ended = false;
  let socket: WebSocket;

  function connect(): void {
    if (closed) return;
    const after = seqs.at(-1) ?? 0;
    const address = `${url.replace('http', 'ws')}/ws/skyscan/${sessionId}?after=${after}&detail=full`;
    const mine = new WebSocket(address, { handshakeTimeout: 2_000 });
    socket = mine;
    mine.on('message', (data: Buffer) => {
      // Messages of the dropped connection are sent again on the new one.
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
      ended = code === 1000;
      if (!ended) setTimeout(connect, RECONNECT_MS).unref();
    });
  }

  connect();
  return {
    seqs,
    statuses,
    get ended() {
      return ended;
    },
    reconnect() {
      if (ended || closed) return;
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
