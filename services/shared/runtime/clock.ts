/**
 * Time as our code sees it. `monotonicMs` never jumps and is for durations; `unixMs` is for people.
 */
export interface Clock {
  monotonicMs(): number;
  unixMs(): number;
}

/** The machine's own clocks. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  unixMs: () => Date.now(),
};
