/**
 * Takes turns of the event loop. Node accepts one connection in a turn, so a `stop` that comes behind 200 other connections waits for 200
 * turns: what can wait does one piece of work in a turn, and none while connections arrive.
 */
export interface Turns {
  /** A connection has been accepted: another one may wait behind it. */
  arrived(): void;
  /** Resolves when it is the caller's turn; callers are served in the order in which they asked. */
  next(): Promise<void>;
}

// Without an arrival for so many turns no connection waits to be accepted.
const QUIET_TURNS = 2;
// Connections that never end to arrive hold work up for so long.
const PATIENCE_MS = 100;

export function createTurns(): Turns {
  const line = new Set<{ goOn: () => void; dueMs: number }>();
  let quietTurns = QUIET_TURNS;
  let isTicking = false;

  function tick(): void {
    quietTurns++;
    const [first] = line;
    if (first && (quietTurns > QUIET_TURNS || performance.now() >= first.dueMs)) {
      line.delete(first);
      first.goOn();
    }
    isTicking = line.size > 0 || quietTurns <= QUIET_TURNS;
    if (isTicking) setImmediate(tick);
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
        line.add({ goOn, dueMs: performance.now() + PATIENCE_MS });
        startTicking();
      });
    },
  };
}
