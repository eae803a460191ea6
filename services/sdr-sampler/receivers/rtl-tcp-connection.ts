import { connect } from 'node:net';
import { CLOSED, describeConnectionFault } from '#shared/runtime/connection-faults';
import { SkyScanError } from '#shared/base/errors';
import { sleep } from '#shared/runtime/waiting';
import type { Expected } from './rtl-tcp-codec.ts';
import { RtlTcpDecoder, type Decoded } from './rtl-tcp-decoder.ts';
import { noAnswer } from './rtl-tcp-errors.ts';
import type { Tuner } from './tuners.ts';

export interface RtlTcpHandlers {
  onTuner(tuner: Tuner): void;
  /** Complete samples; valid only during the call. */
  onSamples(iq: Uint8Array): void;
  /** Called once when the connection ends, except after `close`. */
  onEnd(error: SkyScanError): void;
}

export interface RtlTcpConnection {
  send(bytes: Buffer): void;
  /** Sends `lastCommand`, then closes; resolves when closed. */
  close(lastCommand?: Buffer): Promise<void>;
}

const READ_BYTES = 256 * 1024;
// Counted in ticks: a process that was suspended reads its pending bytes before a false alarm.
const TICK_MS = 250;
const SILENT_TICKS = 6;
/** A link with samples 5 s late delivers the header as late. */
const HEADER_TICKS = 26;
// rtl_tcp acknowledges nothing; it executes a command within a few milliseconds.
const LAST_COMMAND_MS = 150;

/**
 * One connection to rtl_tcp: reads continuously, checks the header, gives up after 1.5 s without
 * data or 6.5 s without a header.
 */
export function openRtlTcp(
  { host, port, ...expected }: { host: string; port: number } & Expected,
  handlers: RtlTcpHandlers,
): RtlTcpConnection {
  const where = `${host}:${port}`;
  const decoder = new RtlTcpDecoder(expected);
  let silentTicks = 0;
  let over = false;

  const socket = connect({
    host,
    port,
    noDelay: true,
    // Reuses one buffer: otherwise 4 MB per second would be garbage.
    onread: {
      buffer: Buffer.allocUnsafe(READ_BYTES),
      callback: (bytesRead, buffer) => {
        receive(buffer.subarray(0, bytesRead));
        return true;
      },
    },
  });
  socket.on('error', (error) =>
    end(`rtl_tcp at ${where} ${describeConnectionFault(error.message, 'RECEIVERS of sdr-sampler')}`),
  );
  socket.on('close', () => end(`rtl_tcp at ${where} ${describeConnectionFault(CLOSED)}`));
  socket.resume();
  const watchdog = setInterval(() => {
    silentTicks++;
    const { hasHeader } = decoder;
    const maxTicks = hasHeader ? SILENT_TICKS : HEADER_TICKS;
    if (silentTicks < maxTicks) return;
    const withinMs = maxTicks * TICK_MS;
    end(
      hasHeader
        ? `rtl_tcp at ${where} has sent nothing for ${withinMs / 1000} s (check the dongle and its USB cable, then start rtl_tcp again)`
        : noAnswer(`rtl_tcp at ${where}`, withinMs),
    );
  }, TICK_MS);

  function receive(bytes: Uint8Array): void {
    if (over) return;
    silentTicks = 0;
    let decoded: Decoded;
    try {
      decoded = decoder.push(bytes);
    } catch (error) {
      end(`rtl_tcp at ${where}: ${(error as Error).message}`);
      return;
    }
    if (decoded.tuner) handlers.onTuner(decoded.tuner);
    for (const samples of decoded.samples) handlers.onSamples(samples);
  }

  function release(): void {
    over = true;
    clearInterval(watchdog);
    socket.destroy();
  }

  function end(reason: string): void {
    if (over) return;
    release();
    handlers.onEnd(new SkyScanError('unavailable', reason));
  }

  return {
    send: (bytes) => socket.write(bytes),
    async close(lastCommand) {
      const sends = lastCommand !== undefined && !over && decoder.hasHeader;
      over = true;
      // Keep reading: if TCP closes with unread bytes, it may discard the last command.
      if (sends) {
        socket.end(lastCommand);
        await sleep(LAST_COMMAND_MS);
      }
      release();
    },
  };
}
