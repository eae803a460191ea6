import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Clock } from '#shared/runtime/clock';
import type { Logger } from '#shared/runtime/logger';
import type { Faults } from '../engine/faults.ts';
import type { Dongle } from '../engine/dongle.ts';
import { BlockStream } from './block-stream.ts';
import { createLossCounter } from './loss-counter.ts';
import { COMMAND_BYTES, decodeCommand } from './rtl-tcp-codec.ts';

export interface RtlTcpServer {
  port: number;
  /** Drops this many samples, as a full USB queue does. */
  loseSamples(samples: number): void;
  /** Disconnects the client. */
  disconnect(): void;
  counters(): { connected: boolean; waiting: number; droppedBlocks: number };
  close(): Promise<void>;
}

const MAX_WAITING = 10;

/** An rtl_tcp server for the dongle: it serves one client at a time; others wait without data. */
export async function startRtlTcp(
  options: { host: string; port: number; blockBytes: number },
  dongle: Dongle,
  faults: Readonly<Faults>,
  clock: Clock,
  logger: Logger,
): Promise<RtlTcpServer> {
  const losses = createLossCounter();
  const waiting: Socket[] = [];
  let client: { socket: Socket; stream: BlockStream } | undefined;

  function admit(socket: Socket): void {
    socket.on('error', (error) => logger.debug({ err: error.message }, 'rtl_tcp client'));
    if (faults.dongleDrop) {
      socket.destroy();
      return;
    }
    socket.on('close', () => leave(socket));
    if (!client) serve(socket);
    else if (waiting.length < MAX_WAITING) waiting.push(socket);
    else socket.destroy();
  }

  function leave(socket: Socket): void {
    const place = waiting.indexOf(socket);
    if (place >= 0) waiting.splice(place, 1);
    if (socket !== client?.socket) return;
    client.stream.end();
    client = undefined;
    const next = waiting.shift();
    if (next) serve(next);
  }

  function serve(socket: Socket): void {
    const { blockBytes } = options;
    const stream = new BlockStream(socket, { blockBytes, dongle, faults, losses, clock });
    client = { socket, stream };
    let pending = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      pending = Buffer.concat([pending, bytes]);
      // Samples from before the command have the old settings, even if this process is late.
      stream.sampleDue();
      let at = 0;
      for (; at + COMMAND_BYTES <= pending.length; at += COMMAND_BYTES)
        dongle.apply(decodeCommand(pending, at));
      pending = pending.subarray(at);
    });
  }

  const server = createServer({ noDelay: true }, admit);
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    loseSamples: (samples) => losses.loseSamples(samples),
    disconnect: () => client?.socket.destroy(),
    counters: () => ({
      connected: client !== undefined,
      waiting: waiting.length,
      droppedBlocks: losses.droppedBlocks,
    }),
    async close() {
      for (const socket of [...waiting.splice(0), ...(client ? [client.socket] : [])]) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
