import { SkyScanError } from '#shared/errors';
import type { Pointing, TravelLimits } from '#shared/pointing';
import { orAborted, sleep } from '#shared/waiting';
import { decodeReads, type OwnLevels } from './birdcage.ts';
import { decodePosition, type Command, type Reply } from './codec.ts';
import { openConnection, type Connection, type Endpoint } from './connection.ts';
import { recognise, recogniseTimingsFor, type Recognition, type RecogniseTimings } from './recognise.ts';
import { NO_RECEIVER, receiverRefusal, refusalError } from './refusals.ts';

/** A readback; times are of the monotonic clock, milliseconds. */
interface TimedPosition {
  pointing: Pointing;
  /** Half way between question and answer. */
  atMs: number;
  roundTripMs: number;
  /** The number of the connection that brought it. */
  connection: number;
  /** The travel that the daemon reports. */
  limits: TravelLimits | undefined;
}

/** Speaks to one rotctld. Every method throws `unavailable` when it cannot be reached or has lost its controller. */
export interface RotctldClient {
  describe(signal: AbortSignal): Promise<Recognition>;
  position(signal: AbortSignal): Promise<TimedPosition>;
  /** Sends the rotator on its way; once it is aborted nothing is sent any more. `out_of_range` when the daemon refuses. */
  move(target: Pointing, signal: AbortSignal): Promise<void>;
  /**
   * Levels, dBm, of a rotator that measures itself; its amplifier is switched on first, once for each `lease` and connection.
   * Throws `unsupported` when it has no receiver.
   */
  measure(reads: number, lease: number, signal: AbortSignal): Promise<OwnLevels>;
  /** Overtakes everything: sent at once, over a second connection when the first one is stuck. */
  stop(): Promise<void>;
  readonly connected: boolean;
  close(): void;
}

export interface ClientTimings extends RecogniseTimings {
  connectMs: number;
  /** How long a stop waits for the command in flight before it takes a second connection. */
  stopPatienceMs: number;
  /** A connection that nobody used for so long is closed. */
  idleMs: number;
}

/** How long is waited for a server whose commands may take `commandMs`, milliseconds. */
export function timingsFor(commandMs: number): ClientTimings {
  return { ...recogniseTimingsFor(commandMs), connectMs: 3_000, stopPatienceMs: 100, idleMs: 60_000 };
}

const QUEUE_CAPACITY = 32;
// A Winegard takes some 50 ms for one.
const READ_MS = 500;

interface Session {
  connection: Connection;
  number: number;
  recognition: Recognition;
  /** The lease under which the amplifier was switched on. */
  amplifiedFor?: number;
}

/** A command that waits for its turn, or for bad news. Never rejects. */
type Job = (failure?: Error) => Promise<void>;

export function createRotctldClient(endpoint: Endpoint, timings: ClientTimings): RotctldClient {
  return new Client(endpoint, timings);
}

class Client implements RotctldClient {
  readonly #endpoint: Endpoint;
  readonly #timings: ClientTimings;
  #session: Session | undefined;
  #connections = 0;
  #jobs: Job[] = [];
  #working = false;
  #busySinceMs = Infinity;
  #idle: NodeJS.Timeout | undefined;

  constructor(endpoint: Endpoint, timings: ClientTimings) {
    this.#endpoint = endpoint;
    this.#timings = timings;
  }

  get connected(): boolean {
    return this.#session?.connection.open ?? false;
  }

  describe(signal: AbortSignal): Promise<Recognition> {
    return this.#enqueue(signal, async () => (await this.#connect()).recognition);
  }

  position(signal: AbortSignal): Promise<TimedPosition> {
    return this.#enqueue(signal, async () => {
      const session = await this.#connect();
      const sentMs = performance.now();
      const reply = await this.#exchange(session, { name: 'get_pos' });
      const answeredMs = performance.now();
      if (reply.code !== 0) throw refusalError(reply.code, 'to say the position');
      try {
        const pointing = decodePosition(session.recognition.dialect, reply.lines);
        const { limits } = session.recognition;
        const atMs = (sentMs + answeredMs) / 2;
        return { pointing, atMs, roundTripMs: answeredMs - sentMs, connection: session.number, limits };
      } catch (error) {
        session.connection.close();
        throw error;
      }
    });
  }

  move(target: Pointing, signal: AbortSignal): Promise<void> {
    return this.#enqueue(signal, async () => {
      const session = await this.#connect();
      signal.throwIfAborted();
      const reply = await this.#exchange(session, { name: 'set_pos', target });
      if (reply.code !== 0) throw refusalError(reply.code, 'to move');
    });
  }

  measure(reads: number, lease: number, signal: AbortSignal): Promise<OwnLevels> {
    return this.#enqueue(signal, async () => {
      const session = await this.#connect();
      const { receiver } = session.recognition;
      if (!receiver) throw new SkyScanError('unsupported', NO_RECEIVER);
      if (receiver.lna && session.amplifiedFor !== lease) {
        const reply = await this.#exchange(session, { name: 'lna_on' });
        if (reply.code !== 0) throw receiverRefusal(reply.code, 'to switch its amplifier on');
        session.amplifiedFor = lease;
      }
      const reply = await this.#exchange(session, { name: 'get_rssi', reads }, reads * READ_MS);
      if (reply.code !== 0) throw receiverRefusal(reply.code, 'to measure');
      try {
        return decodeReads(reply.lines, reads);
      } catch (error) {
        session.connection.close();
        throw error;
      }
    });
  }

  async stop(): Promise<void> {
    const given = new AbortController();
    const first = this.#stopInFront(given.signal);
    const second = this.#stopBeside(first, given.signal);
    try {
      await Promise.any([first, second]);
    } catch (error) {
      throw error instanceof AggregateError ? (error.errors.at(-1) as Error) : error;
    } finally {
      given.abort();
      // What is asked next, whether it has really stopped, must not wait behind a command that hangs.
      if (performance.now() - this.#busySinceMs > this.#timings.stopPatienceMs)
        this.#session?.connection.close();
    }
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#session?.connection.close();
    this.#session = undefined;
  }

  async #stopInFront(signal: AbortSignal): Promise<void> {
    const session = this.#session;
    if (!session?.connection.open) throw new SkyScanError('unavailable', 'rotctld is not connected');
    await this.#enqueue(
      signal,
      async () => {
        const reply = await this.#exchange(session, { name: 'stop' });
        if (reply.code !== 0) throw refusalError(reply.code, 'to stop');
      },
      'first',
    );
  }

  async #stopBeside(first: Promise<void>, signal: AbortSignal): Promise<void> {
    const patience = sleep(this.#timings.stopPatienceMs, signal);
    // A first connection that is broken is not waited for.
    await Promise.race([
      patience,
      first.then(
        () => patience,
        () => undefined,
      ),
    ]);
    const connection = await openConnection(this.#endpoint, this.#timings.connectMs);
    try {
      // Every dialect knows the plain form.
      const reply = await connection.exchange({ name: 'stop' }, 'plain', this.#timings.commandMs);
      if (reply.code !== 0) throw refusalError(reply.code, 'to stop');
    } finally {
      connection.close();
    }
  }

  /** `workMs`: what the command itself takes, beside the round trip. */
  #exchange(session: Session, command: Command, workMs = 0): Promise<Reply> {
    const timeoutMs = this.#timings.commandMs + workMs;
    return session.connection.exchange(command, session.recognition.dialect, timeoutMs);
  }

  async #connect(): Promise<Session> {
    if (this.#session?.connection.open) return this.#session;
    try {
      const connect = () => openConnection(this.#endpoint, this.#timings.connectMs);
      const recognised = await recognise(connect, this.#timings);
      return (this.#session = { ...recognised, number: ++this.#connections });
    } catch (error) {
      // Whoever waits already is told the same, instead of trying in vain one after the other.
      for (const job of this.#jobs.splice(0)) void job(error as Error);
      throw error;
    }
  }

  #enqueue<T>(signal: AbortSignal, task: () => Promise<T>, place: 'first' | 'last' = 'last'): Promise<T> {
    if (this.#jobs.length >= QUEUE_CAPACITY && place === 'last')
      return Promise.reject(
        new SkyScanError('no_room', `${QUEUE_CAPACITY} commands wait for this rotctld already`),
      );
    const result = new Promise<T>((resolve) => {
      const job: Job = async (failure) => {
        // Whoever gave up while waiting sends nothing.
        const bad = signal.aborted ? (signal.reason as Error) : failure;
        const run = bad ? Promise.reject(bad) : task();
        resolve(run);
        await run.catch(() => undefined);
      };
      if (place === 'first') this.#jobs.unshift(job);
      else this.#jobs.push(job);
    });
    result.catch(() => undefined); // whoever gave up does not listen any more
    void this.#work();
    return orAborted(result, signal);
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    clearTimeout(this.#idle);
    for (let job = this.#jobs.shift(); job; job = this.#jobs.shift()) {
      this.#busySinceMs = performance.now();
      await job();
    }
    this.#busySinceMs = Infinity;
    this.#working = false;
    this.#idle = setTimeout(() => this.close(), this.#timings.idleMs).unref();
  }
}
