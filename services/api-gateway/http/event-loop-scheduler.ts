// After this many iterations without a new connection, none is waiting.
const IDLE_ITERATIONS = 2;
// While connections keep arriving, one task runs per 50 ms: a task takes as long as accepting ten
// connections.
const MAX_WAIT_MS = 50;

/**
 * Schedules work in iterations of the event loop. Node accepts one connection per iteration, so a
 * `stop` behind 200 other connections waits for 200 iterations. Deferrable work therefore runs one
 * task per iteration, and hardly any while connections arrive.
 */
export class EventLoopScheduler {
  readonly #queue = new Set<{ resume: () => void; askedMs: number }>();
  #idleIterations = IDLE_ITERATIONS;
  #lastSlotMs = -Infinity;
  #isTicking = false;

  /** A connection was accepted: another one may be waiting. */
  connectionAccepted(): void {
    this.#idleIterations = 0;
    this.#startTicking();
  }

  /** Resolves when the caller may run its task; callers are served in order. */
  nextSlot(): Promise<void> {
    return new Promise((resume) => {
      this.#queue.add({ resume, askedMs: performance.now() });
      this.#startTicking();
    });
  }

  #startTicking(): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    setImmediate(() => this.#tick());
  }

  #tick(): void {
    this.#idleIterations++;
    const [first] = this.#queue;
    const nowMs = performance.now();
    if (first && (this.#idleIterations > IDLE_ITERATIONS || this.#isOverdue(first.askedMs, nowMs))) {
      this.#queue.delete(first);
      this.#lastSlotMs = nowMs;
      first.resume();
    }
    this.#isTicking = this.#queue.size > 0 || this.#idleIterations <= IDLE_ITERATIONS;
    if (this.#isTicking) setImmediate(() => this.#tick());
  }

  #isOverdue(askedMs: number, nowMs: number): boolean {
    return nowMs - Math.max(askedMs, this.#lastSlotMs) >= MAX_WAIT_MS;
  }
}
