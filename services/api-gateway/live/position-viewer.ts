/** The part of a WebSocket that is needed. */
export interface PositionSocket {
  /** Calls `done` after sending; with an error if the socket is closed. */
  send(text: string, done: (error?: Error | null) => void): void;
}

/** One viewer. While the network is busy, only the latest position is kept: nothing is queued. */
export class PositionViewer {
  readonly #socket: PositionSocket;
  #sending = false;
  #next: string | undefined;

  constructor(socket: PositionSocket) {
    this.#socket = socket;
  }

  show(text: string): void {
    if (this.#sending) this.#next = text;
    else this.#send(text);
  }

  #send(text: string): void {
    this.#sending = true;
    this.#socket.send(text, (error) => {
      this.#sending = false;
      const next = this.#next;
      this.#next = undefined;
      if (next !== undefined && !error) this.#send(next);
    });
  }
}
