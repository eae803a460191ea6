/** The part of a WebSocket that is needed. */
export interface PositionSocket {
  /** Calls `done` after sending; with an error if the socket is closed. */
  send(text: string, done: (error?: Error | null) => void): void;
}

/** One viewer. While the network is busy, only the latest position is kept: nothing is queued. */
export interface PositionViewer {
  show(text: string): void;
}

export function createPositionViewer(socket: PositionSocket): PositionViewer {
  let isSending = false;
  let next: string | undefined;

  function send(text: string): void {
    isSending = true;
    socket.send(text, (error) => {
      isSending = false;
      const waiting = next;
      next = undefined;
      if (waiting !== undefined && !error) send(waiting);
    });
  }

  return {
    show(text) {
      if (isSending) next = text;
      else send(text);
    },
  };
}
