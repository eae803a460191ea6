/** Steps of the gain and their durations; the last one remains. */
export type MarkerPhase = { gain: 'low' | 'high'; ms: number };

const SHORT_MS = 20;
const LONG_MS = 40;
/**
 * High before and after the code, so that both its ends are visible; settings sent before need time
 * too.
 */
const EDGE_MS = 50;
const SEEN_MS = 15;
/**
 * Durations of low, high, low. Each marker uses another code, so that a delayed one is not mistaken
 * for the next.
 */
const CODES = [
  [SHORT_MS, SHORT_MS, LONG_MS],
  [LONG_MS, SHORT_MS, SHORT_MS],
  [SHORT_MS, LONG_MS, SHORT_MS],
  [LONG_MS, SHORT_MS, LONG_MS],
  [SHORT_MS, LONG_MS, LONG_MS],
  [LONG_MS, LONG_MS, SHORT_MS],
] as const;

/** Length of the short intervals whose power is compared. */
export const SEGMENT_MS = 0.5;
/**
 * Part of the shortest phase that is ignored at both ends of each: the execution time of commands
 * varies by a few milliseconds, 5 ms for the fastest marker.
 */
export const TRIMMED_SHARE = 1 / 3;

/** Returns a marker; `scale` 2: twice as slow, for a server that is slow with commands. */
export function markerOf(number: number, scale: number): MarkerPhase[] {
  const [first, second, third] = CODES[number % CODES.length] ?? CODES[0];
  return [
    { gain: 'high', ms: EDGE_MS },
    { gain: 'low', ms: first * scale },
    { gain: 'high', ms: second * scale },
    { gain: 'low', ms: third * scale },
    { gain: 'high', ms: SEEN_MS * scale },
  ];
}

/** Whether `watched` could be found in the samples of `passing`: late timers lengthen phases. */
export function looksLike(passing: readonly MarkerPhase[], watched: readonly MarkerPhase[]): boolean {
  const shifts = boundariesMs(watched).map((ms, k) => ms - (boundariesMs(passing)[k] ?? NaN));
  const shortestMs = Math.min(...watched.map(({ ms }) => ms));
  // Each boundary may be anywhere within the trimmed parts on both sides of it.
  return Math.max(...shifts) - Math.min(...shifts) <= 2 * TRIMMED_SHARE * shortestMs + SEGMENT_MS;
}

/** Start of each phase, except the first, before the start of the last one. */
function boundariesMs(marker: readonly MarkerPhase[]): number[] {
  const phases = marker.slice(1, -1).toReversed();
  return [0, ...phases.map((_, k) => phases.slice(0, k + 1).reduce((sum, { ms }) => sum + ms, 0))];
}
