import type { Clock } from './clock.ts';
import type { ClockJump } from '../base/clock-jump.ts';

// NTP that slews changes a clock by half a millisecond a second. What is set at once is set by more
// than this.
const MIN_JUMP_MS = 2_000;
const CHECK_EVERY_MS = 1_000;

/**
 * Compares the machine's clock with its monotonic clock at every call; returns the jump since the
 * last call, if there was one.
 */
export function createJumpDetector(clock: Clock): () => ClockJump | undefined {
  const offset = () => clock.unixMs() - clock.monotonicMs();
  let known = offset();
  return () => {
    const byMs = offset() - known;
    known += byMs;
    return Math.abs(byMs) >= MIN_JUMP_MS ? { byMs, atUnixMs: clock.unixMs() } : undefined;
  };
}

/** Calls `onJump` within a second of every jump. Returns what ends it. */
export function watchClock(clock: Clock, onJump: (jump: ClockJump) => void): () => void {
  const check = createJumpDetector(clock);
  const timer = setInterval(() => {
    const jump = check();
    if (jump) onJump(jump);
  }, CHECK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
