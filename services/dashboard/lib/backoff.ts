const FIRST_WAIT_MS = 500;

/**
 * The wait before the next connection: 500 ms, doubled `doublings` times up to `maxMs`. `random`
 * (0 to 1) takes up to half of it off, so that clients of the same server reconnect at different
 * times.
 */
export function backoffMs(doublings: number, maxMs: number, random: number): number {
  return Math.min(maxMs, FIRST_WAIT_MS * 2 ** doublings) * (0.5 + 0.5 * random);
}
