import { EventEmitter, once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Condition of the link through the proxy. */
export type LinkCondition =
  | { kind: 'normal' }
  /** Delays every chunk in both directions. */
  | { kind: 'delay'; ms: number }
  /** Sends chunks of at most this many bytes, some milliseconds apart. */
  | { kind: 'drip'; bytes: number }
  /**
   * Connections stay open and new ones are accepted, but no data passes until the condition
   * changes.
   */
  | { kind: 'silent' }
  /** Closes all connections and refuses new ones. */
  | { kind: 'refuse' }
  /**
   * Replaces bytes of the server's replies with noise outside every protocol, with probability
   * `chance` (0 to 1) each.
   */
  | { kind: 'garble'; chance: number; random: () => number };

/** A TCP proxy that can impair the link. */
export interface TcpProxy {
  readonly port: number;
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Target of the connections; a change applies to later connections. */
  targetPort: number;
  setCondition(condition: LinkCondition): void;
  /** Resets all connections; new ones are accepted. */
  cut(): void;
  close(): Promise<void>;
}

export interface TcpProxyOptions {
  /** Default: a free one. */
  port?: number;
  targetPort?: number;
  /** Called with client data when it is forwarded to the server. `connection` counts from 1. */
  onRequest?: (bytes: Buffer, connection: number) => void;
}

const DRIP_MS = 2;
const NOISE = 0x80;

export async function startTcpProxy(options: TcpProxyOptions = {}): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let condition: LinkCondition = { kind: 'normal' };
  const changes = new EventEmitter().setMaxListeners(0);
  let targetPort = options.targetPort ?? 0;
  let connections = 0;

  const server = createServer((near) => {
    if (condition.kind === 'refuse') {
      near.resetAndDestroy();
      return;
    }
    const number = ++connections;
    const far = connect(targetPort, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    const onRequest = (bytes: Buffer) => options.onRequest?.(bytes, number);
    void pump(near, far, onRequest).catch(() => near.destroy());
    void pump(far, near, garbled).catch(() => far.destroy());
  });

  /** `pass` receives each chunk before it is forwarded and may change it. */
  async function pump(from: Socket, to: Socket, pass: (bytes: Buffer) => void): Promise<void> {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      for (const piece of pieces(chunk)) {
        await waitToPass();
        pass(piece);
        if (!to.write(piece)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
      }
    }
    to.end();
  }

  function* pieces(chunk: Buffer): Generator<Buffer> {
    const size = condition.kind === 'drip' ? condition.bytes : chunk.length;
    for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size);
  }

  async function waitToPass(): Promise<void> {
    if (condition.kind === 'delay') await delay(condition.ms);
    if (condition.kind === 'drip') await delay(DRIP_MS);
    while (condition.kind === 'silent') await once(changes, 'change');
  }

  function garbled(bytes: Buffer): void {
    if (condition.kind !== 'garble') return;
    for (let i = 0; i < bytes.length; i++)
      if (condition.random() < condition.chance) bytes[i] = NOISE + Math.floor(condition.random() * NOISE);
  }

  function cut(): void {
    for (const socket of sockets) socket.resetAndDestroy();
  }

  await once(server.listen(options.port ?? 0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    address: `127.0.0.1:${port}`,
    get targetPort() {
      return targetPort;
    },
    set targetPort(port) {
      targetPort = port;
    },
    setCondition(next) {
      condition = next;
      changes.emit('change');
      if (next.kind === 'refuse') cut();
    },
    cut,
    async close() {
      condition = { kind: 'refuse' };
      changes.emit('change');
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}
