import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * A TCP relay that forwards every chunk after a fixed delay, at any rate: it buffers rate x delay
 * bytes.
 */
export interface DelayLine {
  readonly port: number;
  close(): Promise<void>;
}

export interface DelayLineOptions {
  targetPort: number;
  /** From the server to the client. */
  downMs: number;
  /** From the client to the server. */
  upMs: number;
}

export async function startDelayLine({ targetPort, downMs, upMs }: DelayLineOptions): Promise<DelayLine> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
    const end = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    relay(far, near, downMs);
    relay(near, far, upMs);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Keeps the order; one timer waits for the oldest chunk. */
function relay(from: Socket, to: Socket, delayMs: number): void {
  const held: { bytes: Buffer; dueMs: number }[] = [];
  let timer: NodeJS.Timeout | undefined;

  function release(): void {
    timer = undefined;
    const nowMs = performance.now();
    const later = held.findIndex(({ dueMs }) => dueMs > nowMs);
    for (const { bytes } of held.splice(0, later < 0 ? held.length : later)) to.write(bytes);
    const [oldest] = held;
    if (oldest) timer = setTimeout(release, oldest.dueMs - nowMs);
  }

  from.on('data', (bytes: Buffer) => {
    held.push({ bytes, dueMs: performance.now() + delayMs });
    if (!timer) release();
  });
  from.on('close', () => clearTimeout(timer));
}
