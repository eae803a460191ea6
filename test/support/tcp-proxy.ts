import { EventEmitter, once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What happens to the bytes on their way. */
export type Weather =
  | { kind: 'clear' }
  /** Both ways, every piece by this much. */
  | { kind: 'delay'; ms: number }
  /** Pieces of at most this many bytes, some milliseconds apart. */
  | { kind: 'drip'; bytes: number }
  /**
   * Connections stay open and new ones are taken, nothing passes; what was on its way comes when it
   * clears up.
   */
  | { kind: 'silent' }
  /** No connection, none taken. */
  | { kind: 'refuse' }
  /**
   * Bytes of what the server says are replaced by noise that is no character of any protocol;
   * `chance` for each, 0 to 1.
   */
  | { kind: 'garble'; chance: number; random: () => number };

/** A TCP proxy with weather. */
export interface TcpProxy {
  readonly port: number;
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Where connections lead; may change, for those that come later. */
  targetPort: number;
  setWeather(weather: Weather): void;
  /** Ends every connection; new ones are taken. */
  cut(): void;
  close(): Promise<void>;
}

export interface TcpProxyOptions {
  targetPort?: number;
  /** What a client sent, when it is handed to the server. `connection` counts from 1. */
  onRequest?: (bytes: Buffer, connection: number) => void;
}

const DRIP_MS = 2;
const NOISE = 0x80;

export async function startTcpProxy(options: TcpProxyOptions = {}): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let weather: Weather = { kind: 'clear' };
  const changes = new EventEmitter().setMaxListeners(0);
  let targetPort = options.targetPort ?? 0;
  let connections = 0;

  const server = createServer((near) => {
    if (weather.kind === 'refuse') {
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

  /** `pass` sees a piece before it is handed on and may change it. */
  async function pump(from: Socket, to: Socket, pass: (bytes: Buffer) => void): Promise<void> {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      for (const piece of pieces(chunk)) {
        await passage();
        pass(piece);
        if (!to.write(piece)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
      }
    }
    to.end();
  }

  function* pieces(chunk: Buffer): Generator<Buffer> {
    const size = weather.kind === 'drip' ? weather.bytes : chunk.length;
    for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size);
  }

  async function passage(): Promise<void> {
    if (weather.kind === 'delay') await delay(weather.ms);
    if (weather.kind === 'drip') await delay(DRIP_MS);
    while (weather.kind === 'silent') await once(changes, 'change');
  }

  function garbled(bytes: Buffer): void {
    if (weather.kind !== 'garble') return;
    for (let i = 0; i < bytes.length; i++)
      if (weather.random() < weather.chance) bytes[i] = NOISE + Math.floor(weather.random() * NOISE);
  }

  function cut(): void {
    for (const socket of sockets) socket.resetAndDestroy();
  }

  await once(server.listen(0, '127.0.0.1'), 'listening');
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
    setWeather(next) {
      weather = next;
      changes.emit('change');
      if (next.kind === 'refuse') cut();
    },
    cut,
    async close() {
      weather = { kind: 'refuse' };
      changes.emit('change');
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}
