import type { Api } from './api.ts';
import type { Plan } from '#contract/rest/plan';
import type { Session } from '#contract/rest/sessions';
import { measurementsPath, planPath, sessionPath } from './paths.ts';

/** Who is told what comes over a WebSocket. */
export interface Follower {
  /** Text, unless the server sends a binary frame. */
  hear(data: unknown): void;
  /** Once, unless the follower itself has ended it. */
  lost(code: number, reason: string): void;
}

/** Where a session comes from. Every call throws `ApiError`, or the signal's reason. */
export interface SessionSource {
  session(id: number, signal: AbortSignal): Promise<Session>;
  /** Without its path, which takes a while, unless that is wanted. */
  plan(id: number, withPath: boolean, signal: AbortSignal): Promise<Plan>;
  /** The columnar stream of the points after the first `afterSeq`. */
  measurements(id: number, afterSeq: number, signal: AbortSignal): AsyncIterable<Uint8Array<ArrayBuffer>>;
  /**
   * The points after the first `afterSeq`, and every change of status, as they come. Returns what
   * ends it.
   */
  follow(id: number, afterSeq: number, follower: Follower): () => void;
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
        // Whoever stops in between does not want the rest.
        await reader.cancel().catch(() => undefined);
      }
    },
    follow: (id, afterSeq, follower) =>
      listen(api.socket(`/ws/skyscan/${id}?after=${afterSeq}&detail=full`), follower),
  };
}

/**
 * Tells the follower what the socket brings. Returns what ends it; nothing is told from then on.
 */
export function listen(socket: WebSocket, follower: Follower): () => void {
  socket.onmessage = ({ data }) => follower.hear(data);
  socket.onclose = ({ code, reason }) => follower.lost(code, reason);
  return () => {
    socket.onmessage = socket.onclose = null;
    socket.close();
  };
}
