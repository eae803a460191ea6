/** Consecutive failed readings; `sinceMs`: the last successful one, monotonic milliseconds. */
export interface MissedReadings {
  count: number;
  sinceMs: number;
}

// A rotor that moves to a legal setpoint may go without a readback for this long. On a slow link
// several readings have to fail as well.
const MAX_GAP_MS = 3_000;
const MIN_COUNT = 3;

/** The state after a successful reading. */
export function noMissedReadings(nowMs: number): MissedReadings {
  return { count: 0, sinceMs: nowMs };
}

/** Adds a failed reading. */
export function addMissedReading({ count, sinceMs }: MissedReadings): MissedReadings {
  return { count: count + 1, sinceMs };
}

/** Whether a moving rotor has gone without a readback for too long. */
export function isPositionStale({ count, sinceMs }: MissedReadings, nowMs: number): boolean {
  return count >= MIN_COUNT && nowMs - sinceMs > MAX_GAP_MS;
}
