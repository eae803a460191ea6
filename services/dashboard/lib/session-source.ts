import type { Api } from './api.ts';
import type { Plan } from '#contract/rest/plan';
import type { Session } from '#contract/rest/sessions';
import { measurementsPath, planPath, sessionPath } from './paths.ts';

/** Receives the messages of a WebSocket. */
export interface SocketListener {
  /** Text, unless the server sends a binary frame. */
  onMessage(data: unknown): void;
  /** Called once, unless the listener closed the connection. */
  onClose(code: number, reason: string): void;
}

/** Source of a session's data. Every call throws `ApiError`, or the signal's reason. */
export interface SessionSource {
  session(id: number, signal: AbortSignal): Promise<Session>;
  /** `withPath`: includes the planned path, which takes longer. */
  plan(id: number, withPath: boolean, signal: AbortSignal): Promise<Plan>;
  /** The columnar stream of the points with `seq` > `afterSeq`. */
  measurements(id: number, afterSeq: number, signal: AbortSignal): AsyncIterable<Uint8Array<ArrayBuffer>>;
  /**
   * Delivers points with `seq` > `afterSeq` and changes of status. Returns a function that closes
   * the connection.
   */
  follow(id: number, afterSeq: number, listener: SocketListener): () => void;
}

export function sessionSource(api: Api): SessionSource {
  return {
    session: (id, signal) => api.get(sessionPath(id), signal),
    plan: (id, withPath, signal) => api.get(planPath(id, withPath), signal),
    async *measurements(id, afterSeq, signal) {
      const { body } = await api.fetch(measurementsPath(id, afterSeq), { signal });
      if (!body) return;
      const reader = body.getReader();
      try {
        for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
      } finally {
        // The consumer stopped early.
        await reader.cancel().catch(() => undefined);
      }
    },
    follow: (id, afterSeq, listener) =>
      listenToSocket(api.socket(`/ws/skyscan/${id}?after=${afterSeq}&detail=full`), listener),
  };
}

/**
 * Passes the socket's events to the listener. Returns a function that closes the socket silently.
 */
export function listenToSocket(socket: WebSocket, listener: SocketListener): () => void {
  socket.onmessage = ({ data }) => listener.onMessage(data);
  socket.onclose = ({ code, reason }) => listener.onClose(code, reason);
  return () => {
    socket.onmessage = socket.onclose = null;
    socket.close();
  };
}
