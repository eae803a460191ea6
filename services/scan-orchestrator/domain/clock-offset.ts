/** One reading of another process's monotonic clock, milliseconds. */
export interface ClockAnswer {
  /** Local time. */
  askedMs: number;
  /** Local time. */
  answeredMs: number;
  /** Time of the other clock. */
  theirMs: number;
}

/**
 * Offset from another clock to the local one, milliseconds. Uses the answer with the shortest round
 * trip: delays only lengthen a round trip, and the error is at most half of it. This is NTP's
 * offset for a server that answers immediately (RFC 5905, section 8: theta = ((T2 - T1) + (T3 -
 * T4)) / 2 with T2 = T3) and its clock filter (section 10).
 */
export function clockOffsetMs(answers: readonly ClockAnswer[]): number {
  const roundTripMs = ({ askedMs, answeredMs }: ClockAnswer) => answeredMs - askedMs;
  const [first, ...others] = answers;
  if (!first) throw new Error('an offset needs an answer');
  const best = others.reduce((a, b) => (roundTripMs(b) < roundTripMs(a) ? b : a), first);
  return (best.askedMs + best.answeredMs) / 2 - best.theirMs;
}
