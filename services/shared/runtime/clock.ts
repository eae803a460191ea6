/** Source of time. `monotonicMs` never jumps and is for durations; `unixMs` is for people. */
export interface Clock {
  monotonicMs(): number;
  unixMs(): number;
}

/** The clocks of this computer. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  unixMs: () => Date.now(),
};
