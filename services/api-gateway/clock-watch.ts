import { describeJump, type ClockJump } from '#shared/base/clock-jump';
import type { Clock } from '#shared/runtime/clock';
import { watchClock } from '#shared/runtime/clock-jumps';
import type { Logger } from '#shared/runtime/logger';

/** Remembers the last jump of this host's clock. */
export interface ClockWatch {
  readonly lastJump: ClockJump | undefined;
  /** Time since the last jump, ms; Infinity if there was none. */
  sinceJumpMs(): number;
  close(): void;
}

/** Logs every jump of the clock. */
export function startClockWatch(clock: Clock, logger: Logger): ClockWatch {
  let last: { jump: ClockJump; atMs: number } | undefined;
  const close = watchClock(clock, (jump) => {
    logger.warn(describeJump(jump));
    last = { jump, atMs: clock.monotonicMs() };
  });
  return {
    get lastJump() {
      return last?.jump;
    },
    sinceJumpMs: () => (last ? clock.monotonicMs() - last.atMs : Infinity),
    close,
  };
}
