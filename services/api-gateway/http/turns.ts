/**
 * Takes turns of the event loop. Node accepts one connection in a turn, so a `stop` that comes
 * behind 200 other connections waits for 200 turns: what can wait does one piece of work in a turn,
 * and hardly any while connections arrive.
 */
export interface Turns {
  /** A connection has been accepted: another one may wait behind it. */
  arrived(): void;
  /** Resolves when it is the caller's turn; callers are served in the order in which they asked. */
  next(): Promise<void>;
}

// Without an arrival for so many turns no connection waits to be accepted.
const QUIET_TURNS = 2;
// While connections arrive without an end, work gets a turn so rarely: a piece of it takes as long
// as the acceptance of ten of them.
const PIECE_EVERY_MS = 50;

export function createTurns(): Turns {
  const line = new Set<{ goOn: () => void; askedMs: number }>();
  let quietTurns = QUIET_TURNS;
  let lastPieceMs = -Infinity;
  let isTicking = false;

  function tick(): void {
    quietTurns++;
    const [first] = line;
    const nowMs = performance.now();
    if (first && (quietTurns > QUIET_TURNS || isOverdue(first.askedMs, nowMs))) {
      line.delete(first);
      lastPieceMs = nowMs;
      first.goOn();
    }
    isTicking = line.size > 0 || quietTurns <= QUIET_TURNS;
    if (isTicking) setImmediate(tick);
  }

  function isOverdue(askedMs: number, nowMs: number): boolean {
    return nowMs - Math.max(askedMs, lastPieceMs) >= PIECE_EVERY_MS;
  }

  function startTicking(): void {
    if (isTicking) return;
    isTicking = true;
    setImmediate(tick);
  }

  return {
    arrived() {
      quietTurns = 0;
      startTicking();
    },
    next() {
      return new Promise((goOn) => {
        line.add({ goOn, askedMs: performance.now() });
        startTicking();
      });
    },
  };
}
