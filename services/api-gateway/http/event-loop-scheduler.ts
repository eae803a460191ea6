/**
 * Takes turns of the event loop. Node accepts one connection in a turn, so a `stop` that comes
 * behind 200 other connections waits for 200 scheduler: what can wait does one piece of work in a turn,
 * and hardly any while connections arrive.
 */
export interface EventLoopScheduler {
  /** A connection has been accepted: another one may wait behind it. */
  connectionAccepted(): void;
  /** Resolves when it is the caller's turn; callers are served in the order in which they asked. */
  nextSlot(): Promise<void>;
}

// Without an arrival for so many turns no connection waits to be accepted.
const IDLE_ITERATIONS = 2;
// While connections arrive without an end, work gets a turn so rarely: a piece of it takes as long
// as the acceptance of ten of them.
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
