import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';

/**
 * A client's WebSocket that takes frames made beforehand (see `textFrame`), in order with
 * everything else that is sent.
 */
export class LiveSocket extends WebSocket {
  #wire: Duplex | undefined;

  /**
   * The connection that was upgraded. Without compression `ws` writes to it at once, so nothing can
   * be overtaken.
   */
  set wire(wire: Duplex) {
    this.#wire = wire;
  }

  /**
   * Does nothing once the socket closes, as `send` does with a callback; what is unsent counts in
   * `bufferedAmount`.
   */
  sendFrame(frame: Buffer): void {
    if (this.readyState === WebSocket.OPEN) this.#wire?.write(frame);
  }
}
