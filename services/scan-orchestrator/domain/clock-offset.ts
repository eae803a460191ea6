/** One reading of another process's monotonic clock, milliseconds. */
export interface ClockReading {
  /** Local time. */
  sentMs: number;
  /** Local time. */
  receivedMs: number;
  /** Time of the other clock. */
  remoteMs: number;
}

/**
 * Offset from another clock to the local one, milliseconds. Uses the answer with the shortest round
 * trip: delays only lengthen a round trip, and the error is at most half of it. This is NTP's
 * offset for a server that answers immediately (RFC 5905, section 8: theta = ((T2 - T1) + (T3 -
 * T4)) / 2 with T2 = T3) and its clock filter (section 10).
 */
export function clockOffsetMs(readings: readonly ClockReading[]): number {
  const roundTripMs = ({ sentMs, receivedMs }: ClockReading) => receivedMs - sentMs;
  const [first, ...others] = readings;
  if (!first) throw new Error('an offset needs a reading');
  const best = others.reduce((a, b) => (roundTripMs(b) < roundTripMs(a) ? b : a), first);
  return (best.sentMs + best.receivedMs) / 2 - best.remoteMs;
}
