import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Clock } from '#shared/runtime/clock';
import type { Logger } from '#shared/runtime/logger';
import type { Faults } from '../engine/faults.ts';
import type { Dongle } from '../engine/dongle.ts';
import { COMMAND_BYTES, decodeCommand, encodeHeader } from './rtl-tcp-codec.ts';

export interface RtlTcpServer {
  port: number;
  /** Drops this many samples, as a full USB queue does. */
  loseSamples(samples: number): void;
  /** Disconnects the client. */
  disconnect(): void;
  counters(): { connected: boolean; waiting: number; droppedBlocks: number };
  close(): Promise<void>;
}

// A client that does not read loses blocks beyond this limit.
const MAX_UNSENT_BYTES = 1 << 20;
// After a longer pause of this process, older samples are dropped.
const MAX_LATE_MS = 1_000;
const MAX_WAITING = 10;

/** An rtl_tcp server for the dongle: it serves one client at a time; others wait without data. */
export async function startRtlTcp(
  options: { host: string; port: number; blockBytes: number },
  dongle: Dongle,
  faults: Readonly<Faults>,
  clock: Clock,
  logger: Logger,
): Promise<RtlTcpServer> {
  const waiting: Socket[] = [];
  let client: Socket | undefined;
  let stopStream: (() => void) | undefined;
  /** Samples all blocks that are due. */
  let sampleDue: () => void = () => undefined;
  let droppedBlocks = 0;
  let samplesToLose = 0;

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
    if (socket !== client) return;
    stopStream?.();
    client = undefined;
    const next = waiting.shift();
    if (next) serve(next);
  }

  function serve(socket: Socket): void {
    client = socket;
    let pending = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      pending = Buffer.concat([pending, bytes]);
      // Samples from before the command have the old settings, even if this process is late.
      sampleDue();
      let at = 0;
      for (; at + COMMAND_BYTES <= pending.length; at += COMMAND_BYTES)
        dongle.apply(decodeCommand(pending, at));
      pending = pending.subarray(at);
    });
    stopStream = stream(socket);
  }

  /** Sends each block when its last sample is due. Returns a function that ends the stream. */
  function stream(socket: Socket): () => void {
    const freeBlocks: Buffer[] = [];
    /** Sampled blocks that are not sent yet. */
    const pendingBlocks: { block: Buffer; sampledMs: number }[] = [
      { block: encodeHeader(), sampledMs: clock.monotonicMs() },
    ];
    let dueMs = clock.monotonicMs();
    let timer: NodeJS.Timeout | undefined;
    const blockSamples = options.blockBytes / 2;

    function send(firstMs: number): void {
      if (faults.dongleSilent) return;
      if (socket.writableLength > MAX_UNSENT_BYTES || samplesToLose > 0) {
        samplesToLose = Math.max(0, samplesToLose - blockSamples);
        droppedBlocks++;
        return;
      }
      const block = freeBlocks.pop() ?? Buffer.allocUnsafeSlow(options.blockBytes);
      dongle.sample(block, firstMs);
      pendingBlocks.push({ block, sampledMs: firstMs });
    }

    function release(nowMs: number): void {
      const due = pendingBlocks.findIndex(({ sampledMs }) => sampledMs + faults.dongleLateMs > nowMs);
      for (const { block } of pendingBlocks.splice(0, due < 0 ? pendingBlocks.length : due))
        socket.write(block, () => block.length === options.blockBytes && freeBlocks.push(block));
    }

    sampleDue = () => {
      const now = clock.monotonicMs();
      const rateHz = faults.dongleRateHz || dongle.state.sampleRateHz;
      const blockMs = (blockSamples / rateHz) * 1000;
      const lost = Math.floor((now - dueMs - MAX_LATE_MS) / blockMs);
      if (lost > 0) {
        droppedBlocks += lost;
        dueMs += lost * blockMs;
      }
      for (; dueMs + blockMs <= now; dueMs += blockMs) send(dueMs);
      release(now);
    };

    function tick(): void {
      sampleDue();
      const blockMs = (blockSamples / (faults.dongleRateHz || dongle.state.sampleRateHz)) * 1000;
      timer = setTimeout(tick, Math.max(1, dueMs + blockMs - clock.monotonicMs()));
    }

    tick();
    return () => {
      clearTimeout(timer);
      sampleDue = () => undefined;
    };
  }

  const server = createServer({ noDelay: true }, admit);
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    loseSamples: (samples) => {
      samplesToLose += samples;
    },
    disconnect: () => client?.destroy(),
    counters: () => ({ connected: client !== undefined, waiting: waiting.length, droppedBlocks }),
    async close() {
      for (const socket of [...waiting.splice(0), ...(client ? [client] : [])]) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
