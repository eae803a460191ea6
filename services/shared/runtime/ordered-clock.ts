import type { Clock } from './clock.ts';

/**
 * A clock whose `unixMs` never decreases and is at least `floorMs`. When the computer's clock is
 * set back, it continues at the rate of the monotonic clock until the computer's clock has caught
 * up. It follows a clock that is set ahead.
 */
export function orderedClock(clock: Clock, floorMs = -Infinity): Clock {
  let last = { unixMs: floorMs, monotonicMs: clock.monotonicMs() };
  return {
    monotonicMs: () => clock.monotonicMs(),
    unixMs() {
      const monotonicMs = clock.monotonicMs();
      const unixMs = Math.max(clock.unixMs(), last.unixMs + monotonicMs - last.monotonicMs);
      last = { unixMs, monotonicMs };
      return unixMs;
    },
  };
}
