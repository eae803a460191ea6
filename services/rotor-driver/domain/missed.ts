/**
 * Readings that did not come, in a row; `sinceMs`: when the last one came, monotonic milliseconds.
 */
export interface Missed {
  count: number;
  sinceMs: number;
}

// A rotor that is on its way to a legal setpoint may be out of sight for so long. Slow links need
// some readings for it, too.
const MOST_MS = 3_000;
const FEWEST = 3;

/** A reading came. */
export function nothingMissed(nowMs: number): Missed {
  return { count: 0, sinceMs: nowMs };
}

/** One more reading is missed. */
export function missedAnother({ count, sinceMs }: Missed): Missed {
  return { count: count + 1, sinceMs };
}

/** Whether a rotor under way has been out of sight for too long. */
export function isOutOfSight({ count, sinceMs }: Missed, nowMs: number): boolean {
  return count >= FEWEST && nowMs - sinceMs > MOST_MS;
}
