/** One question to another process for what its steady clock says. Milliseconds. */
export interface ClockAnswer {
  /** On our clock. */
  askedMs: number;
  /** On our clock. */
  answeredMs: number;
  /** On the other one. */
  theirMs: number;
}

/**
 * What has to be added to another clock's time to get ours, milliseconds. The answer with the
 * shortest round trip counts: whatever delays a question or an answer makes its round trip longer,
 * and the error is at most half of it. NTP's offset for a server that answers at once (RFC 5905,
 * section 8: theta = ((T2 - T1) + (T3 - T4)) / 2 with T2 = T3), with its clock filter (section 10).
 */
export function steadyOffsetMs(answers: readonly ClockAnswer[]): number {
  const roundTripMs = ({ askedMs, answeredMs }: ClockAnswer) => answeredMs - askedMs;
  const [first, ...others] = answers;
  if (!first) throw new Error('an offset needs an answer');
  const best = others.reduce((a, b) => (roundTripMs(b) < roundTripMs(a) ? b : a), first);
  return (best.askedMs + best.answeredMs) / 2 - best.theirMs;
}
