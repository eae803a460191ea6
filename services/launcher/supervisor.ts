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
    // Rejects if it is stopped while it is down; nothing is left to do then.
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
