import { describeJump, type ClockJump } from '#shared/base/clock-jump';
import { formatDuration } from '#shared/base/durations';

/** Another machine's clock compared with ours. */
export interface ClockReading {
  /** Positive: the other clock is ahead. */
  aheadMs: number;
  /** The remote time was taken at an unknown moment during the call. */
  uncertaintyMs: number;
}

// A smaller difference does no harm.
const MAX_DIFFERENCE_MS = 5_000;
const REPORT_JUMP_FOR_MS = 600_000;

/**
 * `sentMs`: our clock at the start of the call; `durationMs`: duration of the call; `theirMs`: the
 * remote clock.
 */
export function readClock(sentMs: number, durationMs: number, theirMs: number): ClockReading {
  return { aheadMs: theirMs - (sentMs + durationMs / 2), uncertaintyMs: durationMs / 2 };
}

/** The problem of the clocks; undefined if there is none. `jumpedMsAgo` is monotonic. */
export function clockProblem(
  reading: ClockReading | undefined,
  jump: ClockJump | undefined,
  jumpedMsAgo: number,
): string | undefined {
  if (reading && Math.abs(reading.aheadMs) - reading.uncertaintyMs > MAX_DIFFERENCE_MS) {
    const side = reading.aheadMs > 0 ? 'ahead of' : 'behind';
    return `the clock of scan-orchestrator's computer is ${formatDuration(Math.abs(reading.aheadMs) / 1000)} ${side} this one's: synchronise both clocks (NTP)`;
  }
  if (jump && jumpedMsAgo < REPORT_JUMP_FOR_MS)
    return `${describeJump(jump)}, ${formatDuration(jumpedMsAgo / 1000)} ago: earlier times are off by the same amount`;
  return undefined;
}
