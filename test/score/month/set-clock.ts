import type { Clock } from '#shared/runtime/clock';

/** A clock that stands still until it is set. */
export interface SetClock extends Clock {
  set(unixMs: number): void;
}

export function createSetClock(unixMs: number): SetClock {
  let now = unixMs;
  return {
    unixMs: () => now,
    monotonicMs: () => now,
    set(at) {
      now = at;
    },
  };
}
