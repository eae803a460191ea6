import { SkyScanError } from '#shared/base/errors';
import type { Pointing } from '#shared/sky/pointing';
import { orAborted, sleep } from '#shared/runtime/waiting';
import { decodeReads } from './birdcage.ts';
import { decodePosition, type Command, type Reply } from './codec.ts';
import type { Endpoint } from './connection.ts';
import { GarbledReplyError } from '../domain/garbled-reply.ts';
import { Link, type ClientTimings, type TimedReply, type RotctldSession } from './link.ts';
import type { OwnLevels, Recognition, RotctldClient, TimedPosition } from '../motion/rotctld-client.ts';
import { NO_RECEIVER, receiverRefusal, refusalError, RefusedReadingError } from '../domain/refusals.ts';

const QUEUE_CAPACITY = 32;
// A Winegard dish takes about 50 ms per read.
const READ_MS = 500;
// Retries of refused position queries; slower refusals are not retried.
const READ_TRIES = 3;
const MAX_GARBLED = 3;
const READ_RETRY_MS = 20;
const MAX_RETRIED_MS = 500;

/** A queued command. */
interface Job {
  /** Executes the command, or rejects its promise with the failure. Never rejects itself. */
  run: (failure?: Error) => Promise<void>;
  signal: AbortSignal;
}

export function createRotctldClient(endpoint: Endpoint, timings: ClientTimings): RotctldClient {
  return new Client(endpoint, timings);
}

class Client implements RotctldClient {
  readonly #timings: ClientTimings;
  readonly #link: Link;
  /** Moves and measurements; they have priority over queries. */
  #commands: Job[] = [];
  #queries: Job[] = [];
  #describing: Promise<Recognition> | undefined;
  #working: Promise<void> | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** Consecutive moves with invalid answers. */
  #garbledMoves = 0;

  constructor(endpoint: Endpoint, timings: ClientTimings) {
    this.#timings = timings;
    this.#link = new Link(endpoint, timings);
  }

  get attempts(): readonly string[] {
    return this.#link.attempts;
  }

  get connected(): boolean {
    return this.#link.connected;
  }

  describe(signal: AbortSignal): Promise<Recognition> {
    const known = this.#link.recognition;
    if (known) return Promise.resolve(known);
    // Concurrent callers share one answer.
    this.#describing ??= this.#enqueue(
      this.#queries,
      never,
      async () => (await this.#link.connect()).recognition,
    ).finally(() => (this.#describing = undefined));
    this.#describing.catch(() => undefined);
    return orAborted(this.#describing, signal);
  }

  position(signal: AbortSignal): Promise<TimedPosition> {
    return this.#enqueue(this.#queries, signal, async () => {
      const { reply, session, sentMs, answeredMs } = await this.#readPosition(signal);
      if (reply.code !== 0) throw new RefusedReadingError(reply.code);
      const { dialect, limits } = session.recognition;
      const pointing = decodeOrClose(session, () => decodePosition(dialect, reply.lines));
      const atMs = (sentMs + answeredMs) / 2;
      return { pointing, atMs, roundTripMs: answeredMs - sentMs, connection: session.number, limits };
    });
  }

  move(target: Pointing, signal: AbortSignal): Promise<void> {
    return this.#enqueue(this.#commands, signal, async () => {
      const reply = await this.#sendMove(target, signal);
      if (reply.code !== 0) throw refusalError(reply.code, 'to move (P)');
    });
  }

  measure(reads: number, lease: number, signal: AbortSignal): Promise<OwnLevels> {
    return this.#enqueue(this.#commands, signal, async () => {
      const { receiver } = (await this.#link.connect()).recognition;
      if (!receiver) throw new SkyScanError('unsupported', NO_RECEIVER);
      if (receiver.lna) await this.#switchLnaOn(lease, signal);
      const command: Command = { name: 'get_rssi', reads };
      const { reply, session } = await this.#link.exchange(command, signal, reads * READ_MS);
      if (reply.code !== 0) throw receiverRefusal(reply.code, 'to measure (R)');
      return decodeOrClose(session, () => decodeReads(reply.lines, reads));
    });
  }

  stop(): Promise<void> {
    return this.#link.stop();
  }

  async drained(): Promise<void> {
    while (this.#working) await this.#working;
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#link.close();
  }

  /**
   * Throws `hardware_fault` after several moves without a valid answer: the server is defective.
   */
  async #sendMove(target: Pointing, signal: AbortSignal): Promise<Reply> {
    try {
      const { reply } = await this.#link.exchange({ name: 'set_pos', target }, signal);
      this.#garbledMoves = 0;
      return reply;
    } catch (error) {
      if (!(error instanceof GarbledReplyError) || ++this.#garbledMoves < MAX_GARBLED) throw error;
      throw new SkyScanError(
        'hardware_fault',
        `${this.#garbledMoves} moves (P) in a row had no usable answer: ${error.message}; likely causes: a typo in the program of the server, another protocol. Correct the server, or use another one`,
        { cause: error },
      );
    }
  }

  /** Retries a query that is refused at once: serial lines occasionally lose a byte. */
  async #readPosition(signal: AbortSignal): Promise<TimedReply> {
    for (let tries = 1; ; tries++) {
      const exchanged = await this.#link.exchange({ name: 'get_pos' }, signal);
      const { reply, sentMs, answeredMs } = exchanged;
      if (reply.code === 0 || tries >= READ_TRIES || answeredMs - sentMs > MAX_RETRIED_MS) return exchanged;
      await sleep(READ_RETRY_MS, signal);
    }
  }

  async #switchLnaOn(lease: number, signal: AbortSignal): Promise<void> {
    if ((await this.#link.connect()).lnaLease === lease) return;
    const { reply, session } = await this.#link.exchange({ name: 'lna_on' }, signal);
    if (reply.code !== 0) throw receiverRefusal(reply.code, 'to switch its amplifier on (L)');
    session.lnaLease = lease;
  }

  #enqueue<T>(lane: Job[], signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    // Aborted commands take no capacity.
    for (const job of lane.filter((waiting) => waiting.signal.aborted)) lane.splice(lane.indexOf(job), 1);
    if (lane.length >= QUEUE_CAPACITY)
      return Promise.reject(new SkyScanError('busy', `${QUEUE_CAPACITY} commands wait for rotctld already`));
    const result = new Promise<T>((resolve) => {
      lane.push({
        signal,
        async run(failure) {
          // An aborted command is not sent.
          const bad = signal.aborted ? (signal.reason as Error) : failure;
          const run = bad ? Promise.reject(bad) : task();
          resolve(run);
          await run.catch(() => undefined);
        },
      });
    });
    result.catch(() => undefined); // an aborted caller does not await it
    this.#working ??= this.#work();
    return orAborted(result, signal);
  }

  async #work(): Promise<void> {
    clearTimeout(this.#idle);
    // `#working` is set before the first job runs.
    await Promise.resolve();
    for (let job = this.#next(); job; job = this.#next()) {
      const failure = job.signal.aborted ? undefined : await this.#failureToConnect();
      // All queued commands fail with the same error, instead of retrying one after the other.
      const alsoFailing = failure ? [...this.#commands.splice(0), ...this.#queries.splice(0)] : [];
      await Promise.all([job, ...alsoFailing].map(({ run }) => run(failure)));
    }
    // Cleared at once: the next command starts the work again.
    this.#working = undefined;
    this.#idle = setTimeout(() => this.close(), this.#timings.idleMs).unref();
  }

  #next(): Job | undefined {
    return this.#commands.shift() ?? this.#queries.shift();
  }

  async #failureToConnect(): Promise<Error | undefined> {
    try {
      await this.#link.connect();
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }
}

/** Decodes a reply; closes the connection if the reply is invalid. */
function decodeOrClose<T>(session: RotctldSession, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    session.connection.close();
    throw error;
  }
}

const never = new AbortController().signal;
