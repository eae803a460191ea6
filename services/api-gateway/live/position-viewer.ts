/** As much of a WebSocket as a position needs. */
export interface PositionSocket {
  /** `done` comes when the network has taken it, with an error when the socket is closed. */
  send(text: string, done: (error?: Error | null) => void): void;
}

/**
 * Who is shown positions. Of those that come while the network is busy only the last is sent:
 * nothing is queued.
 */
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
