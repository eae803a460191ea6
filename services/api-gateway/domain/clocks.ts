import { describeJump, type ClockJump } from '#shared/base/clock-words';
import { formatDuration } from '#shared/base/durations';

/** How another machine's clock compares with ours. */
export interface ClockReading {
  /** Positive: theirs is ahead. */
  aheadMs: number;
  /** The answer may have been written at any moment of the call. */
  uncertaintyMs: number;
}

// Less is no trouble for anybody who reads times.
const MAX_DIFFERENCE_MS = 5_000;
const REPORT_JUMP_FOR_MS = 600_000;

/**
 * `sentMs`: our clock when the call began; `tookMs`: how long it took; `theirMs`: their clock when
 * they answered.
 */
export function readClock(sentMs: number, tookMs: number, theirMs: number): ClockReading {
  return { aheadMs: theirMs - (sentMs + tookMs / 2), uncertaintyMs: tookMs / 2 };
}

/** What is wrong with the clocks; undefined: nothing. `jumpedMsAgo`: monotonic. */
export function clockProblem(
  reading: ClockReading | undefined,
  jump: ClockJump | undefined,
  jumpedMsAgo: number,
): string | undefined {
  if (reading && Math.abs(reading.aheadMs) - reading.uncertaintyMs > MAX_DIFFERENCE_MS) {
    const side = reading.aheadMs > 0 ? 'ahead of' : 'behind';
    return `the clock of scan-orchestrator's computer is ${formatDuration(Math.abs(reading.aheadMs) / 1000)} ${side} this one's: let both synchronise their time (NTP)`;
  }
  if (jump && jumpedMsAgo < REPORT_JUMP_FOR_MS)
    return `${describeJump(jump)}, ${formatDuration(jumpedMsAgo / 1000)} ago: times from before that are off by as much`;
  return undefined;
}
