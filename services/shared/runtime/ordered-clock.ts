import type { Clock } from './clock.ts';

/**
 * A clock whose `unixMs` never goes back, not even below `floorMs`: when the machine's clock is set
 * back, time goes on from where it was, at the pace of the monotonic clock, until the machine's
 * clock has caught up. A clock that is set ahead is followed.
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
