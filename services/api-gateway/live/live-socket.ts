import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';

/**
 * A client's WebSocket that accepts prepared frames (see `textFrame`), in order with other
 * messages.
 */
export class LiveSocket extends WebSocket {
  #connection: Duplex | undefined;

  /**
   * The upgraded connection. Without compression `ws` writes to it synchronously, which preserves
   * the order.
   */
  set connection(connection: Duplex) {
    this.#connection = connection;
  }

  /**
   * Does nothing once the socket is closing, like `send` with a callback; unsent data count in
   * `bufferedAmount`.
   */
  sendFrame(frame: Buffer): void {
    if (this.readyState === WebSocket.OPEN) this.#connection?.write(frame);
  }
}
