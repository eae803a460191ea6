import type { Clock } from './clock.ts';
import type { ClockJump } from '../base/clock-jump.ts';

// NTP slews a clock by at most 0.5 ms per second; a step is larger than this.
const MIN_JUMP_MS = 2_000;
const CHECK_EVERY_MS = 1_000;

/**
 * Compares wall clock and monotonic clock with each call; returns the jump since the previous call,
 * if there was one.
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

/** Calls `onJump` within a second of every jump. Returns a function that stops it. */
export function watchClock(clock: Clock, onJump: (jump: ClockJump) => void): () => void {
  const check = createJumpDetector(clock);
  const timer = setInterval(() => {
    const jump = check();
    if (jump) onJump(jump);
  }, CHECK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
