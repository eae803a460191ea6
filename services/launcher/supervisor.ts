import { errorMessage } from '#shared/base/errors';
import { backoffMs, sleep } from '#shared/runtime/waiting';

/** A process that is ready. */
export interface Running {
  pid: number;
  /** What it reported when it became ready. */
  facts: Record<string, unknown>;
  /** Resolves with a description of the exit. */
  exited: Promise<string>;
  /** Asks it to stop and kills it after `graceMs`; resolves when it has exited. */
  stop(graceMs: number): Promise<void>;
}

/**
 * How to start a process; rejects if it does not become ready. When the signal fires, no process is
 * left.
 */
export interface Part {
  name: string;
  start: (signal: AbortSignal) => Promise<Running>;
}

export interface Supervised {
  readonly name: string;
  /** Process id; undefined while it is down. */
  readonly pid: number | undefined;
  /** Number of restarts. */
  readonly restarts: number;
  /** Stops it permanently. */
  stop(graceMs: number): Promise<void>;
  /** Kills it and leaves it down until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
}

export interface SupervisorListener {
  ended(exit: string): void;
  restarted(pid: number): void;
  failed(reason: string): void;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
// A process that ran this long did not fail at its start.
const HEALTHY_AFTER_MS = 10_000;

/**
 * Starts a part and restarts it whenever it exits, with a growing delay if it exits soon after its
 * start. Rejects if the first start fails.
 */
export async function supervise(
  part: Part,
  listener: SupervisorListener,
  signal: AbortSignal,
): Promise<Supervised> {
  const supervised = new SupervisedPart(part, listener, signal);
  await supervised.start();
  return supervised;
}

class SupervisedPart implements Supervised {
  readonly #part: Part;
  readonly #listener: SupervisorListener;
  readonly #signal: AbortSignal;
  #running: Running | undefined;
  #restarts = 0;
  #stopped = new AbortController();
  /** Restarts the process until `#stopped`. */
  #loop = Promise.resolve();

  constructor(part: Part, listener: SupervisorListener, signal: AbortSignal) {
    this.#part = part;
    this.#listener = listener;
    this.#signal = signal;
  }

  get name(): string {
    return this.#part.name;
  }

  get pid(): number | undefined {
    return this.#running?.pid;
  }

  get restarts(): number {
    return this.#restarts;
  }

  async start(): Promise<void> {
    const stopped = new AbortController();
    this.#stopped = stopped;
    const first = await this.#part.start(AbortSignal.any([this.#signal, stopped.signal]));
    // After a stop, nothing is left to do.
    this.#loop = this.#keepRunning(first, stopped.signal).catch(() => undefined);
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopped.abort();
    await this.#running?.stop(graceMs);
    await this.#loop;
  }

  async down(): Promise<void> {
    await this.stop(0);
  }

  async up(): Promise<void> {
    await this.start();
    this.#restarts++;
  }

  /** Rejects if it is stopped while it is down. */
  async #keepRunning(first: Running, stopped: AbortSignal): Promise<void> {
    let attempt = 0;
    for (let current = first; ;) {
      this.#running = current;
      const since = performance.now();
      const exit = await current.exited;
      this.#running = undefined;
      if (stopped.aborted) return;
      this.#listener.ended(exit);
      if (performance.now() - since > HEALTHY_AFTER_MS) attempt = 0;
      let next: Running | undefined;
      do {
        await sleep(backoffMs(attempt++, FIRST_RETRY_MS, LAST_RETRY_MS), stopped);
        next = await this.#restart(stopped);
      } while (!next);
      current = next;
    }
  }

  /** Undefined when the start has failed or the part was stopped meanwhile. */
  async #restart(stopped: AbortSignal): Promise<Running | undefined> {
    try {
      const next = await this.#part.start(stopped);
      if (stopped.aborted) {
        await next.stop(0);
        return undefined;
      }
      this.#restarts++;
      this.#listener.restarted(next.pid);
      return next;
    } catch (error) {
      stopped.throwIfAborted();
      this.#listener.failed(errorMessage(error));
      return undefined;
    }
  }
}
