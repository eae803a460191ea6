import { freePort } from '#shared/runtime/free-port';
import { isBlogV4, tuningFailure } from '../domain/device-report.ts';
import { DongleProgram } from './dongle-program.ts';
import type { LocalDongle } from './local-dongle.ts';
import { openRtlTcp, type RtlTcpConnection, type RtlTcpHandlers } from './rtl-tcp-connection.ts';
import { tunerNamed, type Tuner, type TunerName } from './tuners.ts';

const START_TIMEOUT_MS = 6_000;
const LISTENING_POLL_MS = 50;
const END_TIMEOUT_MS = 1_000;
// 64 blocks of 64 ms: after a longer stall, samples are lost instead of filling the memory.
const MAX_QUEUED_BLOCKS = 64;
/** librtlsdr's message when its USB transfers end; rtl_tcp continues without samples. */
const UNPLUGGED = /^cb transfer status: \d+, canceling/;

/**
 * Opens a dongle of this host through an rtl_tcp process on loopback, which ends with the
 * connection. `expected` overrides the reported tuner.
 */
export class RtlTcpChild implements RtlTcpConnection {
  readonly #dongle: LocalDongle;
  readonly #expected: TunerName | undefined;
  readonly #handlers: RtlTcpHandlers;
  readonly #program: DongleProgram;
  readonly #startTimer: NodeJS.Timeout;
  /** Of its server, once the program has started. */
  #port: number | undefined;
  #connection: RtlTcpConnection | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #isStreaming = false;
  #isOver = false;

  constructor(
    dongle: LocalDongle,
    sampleRateHz: number,
    expected: TunerName | undefined,
    handlers: RtlTcpHandlers,
  ) {
    this.#dongle = dongle;
    this.#expected = expected;
    this.#handlers = handlers;
    this.#program = new DongleProgram('rtl_tcp', dongle, {
      onLine: (line) => this.#isReport(line),
      onDongle: () => {
        if (!this.#connection && !this.#isOver) this.#connect();
      },
      onFailure: (reason) => this.#fail(reason),
    });
    this.#startTimer = setTimeout(
      () => this.#fail(`did not start within ${START_TIMEOUT_MS / 1000} s`),
      START_TIMEOUT_MS,
    );
    void freePort().then(
      (port) => this.#start(port, sampleRateHz),
      (error: unknown) => this.#fail(String(error)),
    );
  }

  send(bytes: Buffer): void {
    this.#connection?.send(bytes);
  }

  async close(lastCommand?: Buffer): Promise<void> {
    this.#release();
    await this.#connection?.close(lastCommand);
    await this.#program.end(END_TIMEOUT_MS);
    // Also with rtl_biast: rtl_tcp may not have executed the last command.
    if (lastCommand) await this.#dongle.biasTeeOff();
  }

  #start(port: number, sampleRateHz: number): void {
    this.#port = port;
    if (this.#isOver) return;
    this.#program.start((device) =>
      ['-a', '127.0.0.1', '-p', port, '-d', device, '-s', sampleRateHz, '-n', MAX_QUEUED_BLOCKS].map(String),
    );
  }

  /** Ends the connection when the line reports a fault of the streaming dongle. */
  #isReport(line: string): boolean {
    if (!this.#isStreaming) return true;
    const fault = UNPLUGGED.test(line) ? `the dongle is gone (${line})` : tuningFailure(line);
    if (fault !== undefined) this.#fail(fault);
    return fault === undefined;
  }

  #connect(): void {
    this.#connection = openRtlTcp(
      { host: '127.0.0.1', port: this.#port as number, tuner: this.#expected },
      {
        onTuner: (tuner) => this.#onTuner(tuner),
        onSamples: (iq) => this.#handlers.onSamples(iq),
        onEnd: (error) => {
          if (this.#isStreaming) this.#fail(error.message);
          // rtl_tcp listens only after it has opened the dongle.
          else if (!this.#isOver) this.#retryTimer = setTimeout(() => this.#connect(), LISTENING_POLL_MS);
        },
      },
    );
  }

  #onTuner(tuner: Tuner): void {
    this.#isStreaming = true;
    clearTimeout(this.#startTimer);
    const { report } = this.#program;
    // The header does not distinguish the R828D of a Blog V4; the list of dongles does.
    const reported = this.#expected || !report.tuner ? undefined : tunerNamed(report.tuner, isBlogV4(report));
    this.#handlers.onTuner(reported ?? tuner);
  }

  #fail(reason: string): void {
    if (this.#isOver) return;
    this.#release();
    void this.#connection?.close();
    void this.#program.kill(reason, this.#isStreaming).then((error) => this.#handlers.onEnd(error));
  }

  #release(): void {
    this.#isOver = true;
    clearTimeout(this.#startTimer);
    clearTimeout(this.#retryTimer);
  }
}
