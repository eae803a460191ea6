import { backoffMs, sleep } from '#shared/runtime/waiting';
import type { Command, Reply } from './codec.ts';
import { DisconnectedError, openConnection, type Connection, type Endpoint } from './connection.ts';
import { recognise, recogniseTimingsFor, type Learnt, type RecogniseTimings } from './recognise.ts';
import type { Recognition } from '../motion/rotctld-client.ts';
import { refusalError } from '../domain/refusals.ts';

/** A connection to a recognised rotctld. */
export interface RotctldSession {
  connection: Connection;
  /** The sequence number of the connection to this rotctld. */
  number: number;
  recognition: Recognition;
  /** The lease under which the LNA was switched on. */
  lnaLease?: number;
}

/** A reply with the times of command and reply; monotonic milliseconds. */
export interface TimedReply {
  reply: Reply;
  session: RotctldSession;
  sentMs: number;
  answeredMs: number;
}

export interface ClientTimings extends RecogniseTimings {
  connectMs: number;
  /** The minimum time that a stop waits for its answer before it opens another connection. */
  stopTimeoutMs: number;
  /** An unused connection is closed after this time. */
  idleMs: number;
}

/** Timings for a server whose commands may take `commandMs`. */
export function timingsFor(commandMs: number): ClientTimings {
  return { ...recogniseTimingsFor(commandMs), connectMs: 3_000, stopTimeoutMs: 100, idleMs: 60_000 };
}

// A server that reopens its listener after each client is unreachable for a moment.
const REOPEN_MS = 1_000;
const FIRST_OPEN_MS = 300;
// Also after a stall of this process, in which the time passes without an attempt.
const MIN_ATTEMPTS = 5;
const RETRY_MIN_MS = 20;
const RETRY_MAX_MS = 200;
// How many round trips are kept.
const ROUND_TRIP_WINDOW = 8;

/**
 * The connection to one rotctld, one at a time, because many servers accept a single client. The
 * recognised dialect is kept for the next connection.
 */
export class Link {
  readonly #endpoint: Endpoint;
  readonly #timings: ClientTimings;
  #session: RotctldSession | undefined;
  /** The connection before the recognition: in use by it, or left to it by a stop. */
  #unrecognised: Connection | undefined;
  #isInUse = false;
  #learnt: Learnt | undefined;
  #connecting: Promise<RotctldSession> | undefined;
  #stopping: Promise<Reply> | undefined;
  #stops = 0;
  #attempts: string[] = [];
  #numbers = 0;
  #roundTripsMs: number[] = [];

  constructor(endpoint: Endpoint, timings: ClientTimings) {
    this.#endpoint = endpoint;
    this.#timings = timings;
  }

  get connected(): boolean {
    return this.#session?.connection.open ?? false;
  }

  /** The queries of the last recognition, with their results. */
  get attempts(): readonly string[] {
    return this.#attempts;
  }

  /** The server of the open session. */
  get recognition(): Recognition | undefined {
    return this.connected ? this.#session?.recognition : undefined;
  }

  /** The open session, or a new one. Throws `unavailable`. */
  async connect(): Promise<RotctldSession> {
    await this.#untilStopped();
    if (this.#session?.connection.open) return this.#session;
    this.#connecting ??= this.#recognise().finally(() => (this.#connecting = undefined));
    return this.#connecting;
  }

  /**
   * Sends a command over the open session, or over a new one if the server has closed it without an
   * answer. Sends nothing after an abort. `workMs`: the execution time of the command itself.
   */
  async exchange(command: Command, signal: AbortSignal, workMs = 0): Promise<TimedReply> {
    for (let attempt = 1; ;) {
      const session = await this.connect();
      signal.throwIfAborted();
      if (this.#stopping) continue;
      const { connection, recognition } = session;
      const sentMs = performance.now();
      try {
        const timeoutMs = this.#timings.commandMs + workMs;
        const reply = await connection.exchange(command, recognition.dialect, timeoutMs);
        const answeredMs = performance.now();
        if (workMs === 0)
          this.#roundTripsMs = [...this.#roundTripsMs, answeredMs - sentMs].slice(-ROUND_TRIP_WINDOW);
        return { reply, session, sentMs, answeredMs };
      } catch (error) {
        if (attempt++ > 1 || !(error instanceof DisconnectedError) || error.answered) throw error;
      }
    }
  }

  /**
   * Sends `S` at once, after the command in flight. Without an answer or a connection, sends `S`
   * over a new connection; a hanging one is closed first, for servers that accept a single client.
   * Throws `unavailable`, or the error of a refusal.
   */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stop().finally(() => (this.#stopping = undefined));
    const reply = await this.#stopping;
    if (reply.code !== 0) throw refusalError(reply.code, 'to stop (S)');
  }

  close(): void {
    this.#session?.connection.close();
    this.#unrecognised?.close();
    this.#session = undefined;
    this.#unrecognised = undefined;
  }

  async #stop(): Promise<Reply> {
    const session = this.#session;
    if (session?.connection.open) {
      const { connection, recognition } = session;
      const reply = connection.exchange({ name: 'stop' }, recognition.dialect, this.#timings.commandMs);
      const timeout = sleep(this.#stopTimeoutMs).then(() => undefined);
      const answered = await Promise.race([reply.catch(() => undefined), timeout]);
      if (answered) return answered;
    }
    this.#stops++;
    this.close();
    return this.#retryWhileRefused(async () => {
      const connection = await openConnection(this.#endpoint, this.#timings.connectMs);
      this.#unrecognised = connection;
      this.#isInUse = false;
      // Every dialect supports the plain form.
      return connection.exchange({ name: 'stop' }, 'plain', this.#timings.commandMs);
    });
  }

  /** Allows for a command in flight before the stop. */
  get #stopTimeoutMs(): number {
    const { stopTimeoutMs, commandMs } = this.#timings;
    return Math.min(commandMs, Math.max(stopTimeoutMs, 2.5 * Math.max(0, ...this.#roundTripsMs)));
  }

  async #untilStopped(): Promise<void> {
    while (this.#stopping) await this.#stopping.catch(() => undefined);
  }

  async #recognise(): Promise<RotctldSession> {
    return this.#retryWhileRefused(async () => {
      for (;;) {
        const stops = this.#stops;
        const attempts: string[] = [];
        this.#attempts = attempts;
        try {
          const { connection, learnt } = await recognise(
            () => this.#takeConnection(),
            this.#timings,
            this.#learnt,
            attempts,
          );
          this.#isInUse = false;
          if (stops !== this.#stops) continue;
          this.#unrecognised = undefined;
          this.#learnt = learnt;
          const { recognition } = learnt;
          return (this.#session = { connection, recognition, number: ++this.#numbers });
        } catch (error) {
          // A stop has closed the connection, so the failure says nothing about the server.
          if (stops !== this.#stops) continue;
          this.#unrecognised?.close();
          throw error;
        }
      }
    });
  }

  /** The connection that a stop has left, or a new one. */
  async #takeConnection(): Promise<Connection> {
    for (;;) {
      await this.#untilStopped();
      if (!this.#unrecognised?.open || this.#isInUse) {
        this.#unrecognised?.close();
        const connection = await this.#open();
        if (this.#stopping) {
          connection.close();
          continue;
        }
        this.#unrecognised = connection;
      }
      this.#isInUse = true;
      return this.#unrecognised;
    }
  }

  #open(): Promise<Connection> {
    return this.#retryWhileRefused(() => openConnection(this.#endpoint, this.#timings.connectMs));
  }

  /** Retries briefly while the server refuses connections, e.g. because of its only client. */
  async #retryWhileRefused<T>(work: () => Promise<T>): Promise<T> {
    const giveUpMs = performance.now() + this.#retryForMs;
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        const isRefused = error instanceof DisconnectedError && !error.answered;
        const isOver = performance.now() > giveUpMs && attempt >= MIN_ATTEMPTS;
        if (!isRefused || isOver) throw error;
        await sleep(backoffMs(attempt - 1, RETRY_MIN_MS, RETRY_MAX_MS));
      }
    }
  }

  get #retryForMs(): number {
    return this.#learnt ? REOPEN_MS : FIRST_OPEN_MS;
  }
}
