import { backoffMs, sleep } from '#shared/runtime/waiting';
import type { Command, Reply } from './codec.ts';
import { DisconnectedError, openConnection, type Connection, type Endpoint } from './connection.ts';
import { recognise, recogniseTimingsFor, type Learnt, type RecogniseTimings } from './recognise.ts';
import type { Recognition } from '../motion/rotctld-client.ts';
import { refusalError } from '../domain/refusals.ts';

/** A connection to a rotctld that has been recognised. */
export interface Session {
  connection: Connection;
  /** Counts the connections to this rotctld. */
  number: number;
  recognition: Recognition;
  /** The lease under which the amplifier was switched on. */
  amplifiedFor?: number;
}

/** A reply, and when it was asked for and came; monotonic milliseconds. */
export interface Exchanged {
  reply: Reply;
  session: Session;
  sentMs: number;
  answeredMs: number;
}

export interface ClientTimings extends RecogniseTimings {
  connectMs: number;
  /** How long a stop waits at least for its answer before it takes another connection. */
  stopPatienceMs: number;
  /** A connection that nobody used for so long is closed. */
  idleMs: number;
}

/** How long is waited for a server whose commands may take `commandMs`, milliseconds. */
export function timingsFor(commandMs: number): ClientTimings {
  return { ...recogniseTimingsFor(commandMs), connectMs: 3_000, stopPatienceMs: 100, idleMs: 60_000 };
}

// A server that opens its listener again after each client is away for a moment.
const REOPEN_MS = 1_000;
const FIRST_OPEN_MS = 300;
const RETRY_FIRST_MS = 20;
const RETRY_MOST_MS = 200;
// Round trips that are remembered.
const REMEMBERED = 8;

/**
 * The connection to one rotctld. There is one at a time, because many servers take one client only;
 * what was learnt of the server is kept for the next one.
 */
export class Link {
  readonly #endpoint: Endpoint;
  readonly #timings: ClientTimings;
  #session: Session | undefined;
  /**
   * The only connection while it has not been recognised: taken by the recognition, or left to it
   * by a stop.
   */
  #fresh: Connection | undefined;
  #isTaken = false;
  #learnt: Learnt | undefined;
  #connecting: Promise<Session> | undefined;
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

  /** What the server was asked when it was last recognised, and what came of it. */
  get attempts(): readonly string[] {
    return this.#attempts;
  }

  /** Who is at the other end of the session that is open. */
  get recognition(): Recognition | undefined {
    return this.connected ? this.#session?.recognition : undefined;
  }

  /** The session that is open, or a new one. Throws `unavailable`. */
  async connect(): Promise<Session> {
    await this.#untilStopped();
    if (this.#session?.connection.open) return this.#session;
    this.#connecting ??= this.#recognise().finally(() => (this.#connecting = undefined));
    return this.#connecting;
  }

  /**
   * Sends a command over an open session, or over the next one when the server has closed this one
   * without a word. Once the signal has fired nothing is sent. `workMs`: what the command itself
   * takes, beside the round trip.
   */
  async exchange(command: Command, signal: AbortSignal, workMs = 0): Promise<Exchanged> {
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
          this.#roundTripsMs = [...this.#roundTripsMs, answeredMs - sentMs].slice(-REMEMBERED);
        return { reply, session, sentMs, answeredMs };
      } catch (error) {
        if (attempt++ > 1 || !(error instanceof DisconnectedError) || error.answered) throw error;
      }
    }
  }

  /**
   * Sends `S` at once, behind the command in flight. When that brings no answer, or there is no
   * connection, `S` goes out over a new one; a connection that hangs is closed before, for servers
   * that take one client only. Throws `unavailable`, or what a refusal means.
   */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stop().finally(() => (this.#stopping = undefined));
    const reply = await this.#stopping;
    if (reply.code !== 0) throw refusalError(reply.code, 'to stop (S)');
  }

  close(): void {
    this.#session?.connection.close();
    this.#fresh?.close();
    this.#session = undefined;
    this.#fresh = undefined;
  }

  async #stop(): Promise<Reply> {
    const session = this.#session;
    if (session?.connection.open) {
      const { connection, recognition } = session;
      const reply = connection.exchange({ name: 'stop' }, recognition.dialect, this.#timings.commandMs);
      const impatient = sleep(this.#stopPatienceMs).then(() => undefined);
      const answered = await Promise.race([reply.catch(() => undefined), impatient]);
      if (answered) return answered;
    }
    this.#stops++;
    this.close();
    return this.#patiently(async () => {
      const connection = await openConnection(this.#endpoint, this.#timings.connectMs);
      this.#fresh = connection;
      this.#isTaken = false;
      // Every dialect knows the plain form.
      return connection.exchange({ name: 'stop' }, 'plain', this.#timings.commandMs);
    });
  }

  /** A command may be in flight, and then comes the stop. */
  get #stopPatienceMs(): number {
    const { stopPatienceMs, commandMs } = this.#timings;
    return Math.min(commandMs, Math.max(stopPatienceMs, 2.5 * Math.max(0, ...this.#roundTripsMs)));
  }

  async #untilStopped(): Promise<void> {
    while (this.#stopping) await this.#stopping.catch(() => undefined);
  }

  async #recognise(): Promise<Session> {
    return this.#patiently(async () => {
      for (;;) {
        const stops = this.#stops;
        const attempts: string[] = [];
        this.#attempts = attempts;
        try {
          const { connection, learnt } = await recognise(
            () => this.#take(),
            this.#timings,
            this.#learnt,
            attempts,
          );
          this.#isTaken = false;
          if (stops !== this.#stops) continue;
          this.#fresh = undefined;
          this.#learnt = learnt;
          const { recognition } = learnt;
          return (this.#session = { connection, recognition, number: ++this.#numbers });
        } catch (error) {
          // A stop has taken the connection away: what was asked over it says nothing of the
          // server.
          if (stops !== this.#stops) continue;
          this.#fresh?.close();
          throw error;
        }
      }
    });
  }

  /** The connection that a stop has left, or a new one. */
  async #take(): Promise<Connection> {
    for (;;) {
      await this.#untilStopped();
      if (!this.#fresh?.open || this.#isTaken) {
        this.#fresh?.close();
        const connection = await this.#open();
        if (this.#stopping) {
          connection.close();
          continue;
        }
        this.#fresh = connection;
      }
      this.#isTaken = true;
      return this.#fresh;
    }
  }

  #open(): Promise<Connection> {
    return this.#patiently(() => openConnection(this.#endpoint, this.#timings.connectMs));
  }

  /**
   * Tries again for a moment while the server lets nobody in: its listener is away, or it has no
   * room for another client.
   */
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    const giveUpMs = performance.now() + this.#patienceMs;
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        const isOut = error instanceof DisconnectedError && !error.answered;
        if (!isOut || performance.now() > giveUpMs) throw error;
        await sleep(backoffMs(attempt, RETRY_FIRST_MS, RETRY_MOST_MS));
      }
    }
  }

  get #patienceMs(): number {
    return this.#learnt ? REOPEN_MS : FIRST_OPEN_MS;
  }
}
