import { connect } from 'node:net';
import { CLOSED, describeConnectionFault } from '#shared/runtime/connection-faults';
import { SkyScanError } from '#shared/base/errors';
import { sleep } from '#shared/runtime/waiting';
import {
  decodeHeader,
  EXTENDED_HEADER,
  EXTENDED_MODE,
  HEADER_BYTES,
  type Expected,
} from './rtl-tcp-codec.ts';
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
  let header: Buffer | undefined = Buffer.alloc(0);
  /** The first bytes after the header, until they are known to be samples. */
  let first: Buffer | undefined = Buffer.alloc(0);
  /** The first half of an incomplete sample. */
  let half: number | undefined;
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
    const maxTicks = header ? HEADER_TICKS : SILENT_TICKS;
    if (silentTicks < maxTicks) return;
    const withinMs = maxTicks * TICK_MS;
    end(
      header
        ? noAnswer(`rtl_tcp at ${where}`, withinMs)
        : `rtl_tcp at ${where} has sent nothing for ${withinMs / 1000} s (check the dongle and its USB cable, then start rtl_tcp again)`,
    );
  }, TICK_MS);

  function receive(bytes: Uint8Array): void {
    if (over) return;
    silentTicks = 0;
    if (!header) {
      check(bytes);
      return;
    }
    header = Buffer.concat([header, bytes]);
    if (header.length < HEADER_BYTES) return;
    const rest = header.subarray(HEADER_BYTES);
    try {
      handlers.onTuner(decodeHeader(header, expected));
    } catch (error) {
      end(`rtl_tcp at ${where}: ${(error as Error).message}`);
      return;
    }
    header = undefined;
    check(rest);
  }

  /** Passes samples on, unless they start with the second header of rsp_tcp. */
  function check(bytes: Uint8Array): void {
    if (!first) {
      deliver(bytes);
      return;
    }
    first = Buffer.concat([first, bytes]);
    if (first.length < EXTENDED_HEADER.length) return;
    const samples = first;
    first = undefined;
    if (samples.toString('latin1', 0, EXTENDED_HEADER.length) === EXTENDED_HEADER)
      end(`rtl_tcp at ${where}: ${EXTENDED_MODE}`);
    else deliver(samples);
  }

  function deliver(bytes: Uint8Array): void {
    let whole = bytes;
    if (half !== undefined && whole.length > 0) {
      handlers.onSamples(Uint8Array.of(half, whole[0] as number));
      whole = whole.subarray(1);
      half = undefined;
    }
    if (whole.length % 2 === 1) {
      half = whole[whole.length - 1];
      whole = whole.subarray(0, -1);
    }
    if (whole.length > 0) handlers.onSamples(whole);
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
      const sends = lastCommand !== undefined && !over && !header;
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
