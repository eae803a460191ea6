import type { Clock } from '#shared/runtime/clock';
import type { SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { RateWatch } from '../domain/rate-check.ts';
import { SampleTimes } from '../domain/sample-times.ts';
import type { ReceiverFacts, SampleListener } from '../engine/receiver.ts';
import { createReadiness } from './readiness.ts';
import { RetryTimer } from './retry-timer.ts';
import type { RtlTcpConnection, RtlTcpHandlers } from './rtl-tcp-connection.ts';
import { noAnswer, wrongRate } from './rtl-tcp-errors.ts';
import type { Tuner } from './tuners.ts';

export interface LinkOptions {
  /** Opens a connection to the server, which may be a child process. */
  open(handlers: RtlTcpHandlers): RtlTcpConnection;
  /** Name of the receiver in messages. */
  title: string;
  sampleRateHz: number;
  /** The server is a child process: no other client can change its settings. */
  ownServer: boolean;
  /** A problem of a receiver that streams nevertheless. */
  warning?(): string | undefined;
}

/** Receives the samples, once their rate is right, and the changes of the connection. */
export interface LinkListener extends SampleListener {
  /** The server has sent its header. Its settings are unknown, and its sample rate is unchecked. */
  onConnected(facts: ReceiverFacts, times: SampleTimes): void;
  /** The sample rate is right. */
  onStreaming(): void;
}

/** Created with the header of a connection. */
interface Stream {
  facts: ReceiverFacts;
  times: SampleTimes;
}

/**
 * Stays connected to an rtl_tcp server. Times the samples and checks their rate; closes a
 * connection whose rate is wrong, and checks the next one again.
 */
export class RtlTcpLink {
  readonly #options: LinkOptions;
  readonly #listener: LinkListener;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #rateWatch: RateWatch;
  /** Set while it streams at the right rate. */
  readonly #ready = createReadiness<ReceiverFacts>();
  readonly #retry = new RetryTimer(() => this.#open());
  #connection: RtlTcpConnection | undefined;
  #stream: Stream | undefined;
  #lastError: string | undefined;

  constructor(options: LinkOptions, listener: LinkListener, clock: Clock, logger: Logger) {
    this.#options = options;
    this.#listener = listener;
    this.#clock = clock;
    this.#logger = logger;
    this.#rateWatch = new RateWatch(options.sampleRateHz);
    this.#open();
  }

  /** Undefined while it is not connected. */
  get connection(): RtlTcpConnection | undefined {
    return this.#connection;
  }

  /** Resolves once it streams; rejects with `unavailable` and the reason after `withinMs`. */
  ready(withinMs: number, signal: AbortSignal): Promise<ReceiverFacts> {
    const { title, ownServer } = this.#options;
    return this.#ready.wait(
      withinMs,
      signal,
      () => this.#lastError ?? (ownServer ? `${title} has not answered yet` : noAnswer(title, withinMs)),
    );
  }

  send(bytes: Buffer): void {
    this.#connection?.send(bytes);
  }

  /** Sends `lastCommand`, then closes; resolves when closed. */
  async close(lastCommand: Buffer | undefined): Promise<void> {
    this.#retry.close();
    await this.#connection?.close(lastCommand);
  }

  #open(): void {
    this.#connection = this.#options.open({
      onTuner: (tuner) => this.#onTuner(tuner),
      onSamples: (iq) => this.#onSamples(iq),
      onEnd: (error) => {
        this.#lose(error);
        this.#retry.failed();
      },
    });
  }

  #onTuner({ name, gainsDb, bandsHz }: Tuner): void {
    const { sampleRateHz, ownServer } = this.#options;
    const warning = this.#options.warning?.();
    const facts: ReceiverFacts = { tuner: name, gainsDb, bandsHz, sampleRateHz, warning };
    const times = new SampleTimes(sampleRateHz, !ownServer);
    this.#stream = { facts, times };
    this.#rateWatch.connected();
    this.#listener.onConnected(facts, times);
  }

  #onSamples(iq: Uint8Array): void {
    const stream = this.#stream;
    if (!stream) return;
    const nowMs = this.#clock.monotonicMs();
    const { firstIndex, firstMs, gap } = stream.times.arrived(iq.length / 2, nowMs);
    if (!this.#hasRightRate(stream, iq.length / 2, nowMs)) return;
    this.#listener.onSamples({ iq, firstIndex, firstMs });
    if (gap) this.#listener.onGap(gap);
  }

  /** False until the rate has been checked, and when it is wrong. */
  #hasRightRate({ facts }: Stream, samples: number, atMs: number): boolean {
    const { title, sampleRateHz } = this.#options;
    const verdict = this.#rateWatch.arrived(samples, atMs);
    if (typeof verdict === 'object') {
      this.#refuse(wrongRate(title, verdict.measuredHz, sampleRateHz));
      return false;
    }
    if (!this.#ready.value && verdict === 'right') {
      this.#ready.set(facts);
      this.#retry.succeeded();
      this.#listener.onStreaming();
      this.#logger.info({ tuner: facts.tuner, receiver: title }, 'receiver streams');
    }
    return this.#ready.value !== undefined;
  }

  /** Closes an unusable connection; the next one is checked again. */
  #refuse(error: SkyScanError): void {
    const refused = this.#connection;
    this.#lose(error);
    // A child process must release its dongle first.
    void refused?.close().then(() => this.#retry.failed());
  }

  #lose(error: SkyScanError): void {
    this.#stream = undefined;
    this.#ready.set(undefined);
    this.#connection = undefined;
    if (error.message !== this.#lastError)
      this.#logger.warn({ receiver: this.#options.title }, error.message);
    this.#lastError = error.message;
    this.#listener.onLost(error);
  }
}
