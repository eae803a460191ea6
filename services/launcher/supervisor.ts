import { errorMessage } from '#shared/base/errors';
import { backoffMs, sleep } from '#shared/runtime/waiting';

/** A process that is ready. */
export interface Running {
  pid: number;
  /** What it said of itself when it became ready. */
  facts: Record<string, unknown>;
  /** Resolves with the exit in words. */
  exited: Promise<string>;
  /** Asks it to end and insists after `graceMs`; resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
}

/**
 * How to start a process; rejects when it does not become ready. When the signal fires it leaves no
 * process behind.
 */
export interface Part {
  name: string;
  start: (signal: AbortSignal) => Promise<Running>;
}

export interface Supervised {
  readonly name: string;
  /** Of the process that runs now; undefined between two lives. */
  readonly pid: number | undefined;
  /** How often it has been started again. */
  readonly restarts: number;
  /** Ends it for good. */
  stop(graceMs: number): Promise<void>;
  /** Kills it and leaves it down until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
}

export interface SupervisorListener {
  ended(exit: string): void;
  restarted(pid: number): void;
  failed(why: string): void;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
// Whoever ran that long has not died of its start.
const HEALTHY_AFTER_MS = 10_000;

/**
 * Starts a part, and again whenever it ends, ever more slowly when it dies at once. Rejects when
 * the first start fails.
 */
export async function supervise(part: Part, listener: SupervisorListener, signal: AbortSignal): Promise<Supervised> {
  let running: Running | undefined;
  let restarts = 0;
  let ended = new AbortController();
  let loop = Promise.resolve();

  async function runLoop(first: Running, stopped: AbortSignal): Promise<void> {
    let attempt = 0;
    for (let current: Running | undefined = first; current; current = await restart()) {
      running = current;
      const since = performance.now();
      const exit = await current.exited;
      running = undefined;
      if (stopped.aborted) return;
      listener.ended(exit);
      if (performance.now() - since > HEALTHY_AFTER_MS) attempt = 0;
    }

    async function restart(): Promise<Running | undefined> {
      for (;;) {
        await sleep(backoffMs(attempt++, FIRST_RETRY_MS, LAST_RETRY_MS), stopped);
        try {
          const next = await part.start(stopped);
          if (stopped.aborted) {
            await next.stop(0);
            return undefined;
          }
          restarts++;
          listener.restarted(next.pid);
          return next;
        } catch (error) {
          stopped.throwIfAborted();
          listener.failed(errorMessage(error));
        }
      }
    }
  }

  async function start(): Promise<void> {
    const stopped = new AbortController();
    ended = stopped;
    const first = await part.start(AbortSignal.any([signal, stopped.signal]));
    // Rejects when it is stopped between two lives; nothing is left to do then.
    loop = runLoop(first, stopped.signal).catch(() => undefined);
  }

  async function stop(graceMs: number): Promise<void> {
    ended.abort();
    await running?.stop(graceMs);
    await loop;
  }

  await start();
  return {
    name: part.name,
    get pid() {
      return running?.pid;
    },
    get restarts() {
      return restarts;
    },
    stop,
    down: () => stop(0),
    async up() {
      await start();
      restarts++;
    },
  };
}
