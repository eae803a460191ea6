import type { Clock } from './clock.ts';

/** The machine's clock was set: by so much, positive when it was set ahead; Unix time afterwards. */
export interface ClockJump {
  byMs: number;
  atUnixMs: number;
}

// NTP that slews changes a clock by half a millisecond a second. What is set at once is set by more than this.
const MIN_JUMP_MS = 2_000;
const CHECK_EVERY_MS = 1_000;

/** Compares the machine's clock with its monotonic clock at every call; returns the jump since the last call, if there was one. */
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

/** `the clock of this computer was set 3 h 0 min ahead` */
export function describeJump({ byMs }: ClockJump): string {
  return `the clock of this computer was set ${durationText(Math.abs(byMs) / 1000)} ${byMs > 0 ? 'ahead' : 'back'}`;
}

/** `70 s`, `3 min 30 s`, `3 h 1 min`, `30 d 2 h` */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} s`;
  if (whole < 7_200) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 2_880) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1_440)} d ${Math.floor((minutes % 1_440) / 60)} h`;
}
