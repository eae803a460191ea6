/**
 * Schedules work in iterations of the event loop. Node accepts one connection per iteration, so a
 * `stop` behind 200 other connections waits for 200 iterations. Deferrable work therefore runs one
 * task per iteration, and hardly any while connections arrive.
 */
export interface EventLoopScheduler {
  /** A connection was accepted: another one may be waiting. */
  connectionAccepted(): void;
  /** Resolves when the caller may run its task; callers are served in order. */
  nextSlot(): Promise<void>;
}

// After this many iterations without a new connection, none is waiting.
const IDLE_ITERATIONS = 2;
// While connections keep arriving, one task runs per 50 ms: a task takes as long as accepting ten
// connections.
const MAX_WAIT_MS = 50;

export function createEventLoopScheduler(): EventLoopScheduler {
  const queue = new Set<{ resume: () => void; askedMs: number }>();
  let idleIterations = IDLE_ITERATIONS;
  let lastSlotMs = -Infinity;
  let isTicking = false;

  function tick(): void {
    idleIterations++;
    const [first] = queue;
    const nowMs = performance.now();
    if (first && (idleIterations > IDLE_ITERATIONS || isOverdue(first.askedMs, nowMs))) {
      queue.delete(first);
      lastSlotMs = nowMs;
      first.resume();
    }
    isTicking = queue.size > 0 || idleIterations <= IDLE_ITERATIONS;
    if (isTicking) setImmediate(tick);
  }

  function isOverdue(askedMs: number, nowMs: number): boolean {
    return nowMs - Math.max(askedMs, lastSlotMs) >= MAX_WAIT_MS;
  }

  function startTicking(): void {
    if (isTicking) return;
    isTicking = true;
    setImmediate(tick);
  }

  return {
    connectionAccepted() {
      idleIterations = 0;
      startTicking();
    },
    nextSlot() {
      return new Promise((resume) => {
        queue.add({ resume, askedMs: performance.now() });
        startTicking();
      });
    },
  };
}
