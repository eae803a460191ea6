import type { Clock } from '#shared/runtime/clock';
import { steadyOffsetMs, type ClockAnswer } from '../domain/steady-offset.ts';

// Some 4 ms on one host; the shortest of eight round trips is rarely one that had to wait.
const QUESTIONS = 8;

/**
 * What has to be added to the times of another process to get ours, milliseconds; asked anew before
 * each row, so no clock runs away.
 */
export async function askOffsetMs(
  readClock: (signal: AbortSignal) => Promise<number>,
  clock: Clock,
  signal: AbortSignal,
): Promise<number> {
  const answers: ClockAnswer[] = [];
  while (answers.length < QUESTIONS) {
    const askedMs = clock.monotonicMs();
    const theirMs = await readClock(signal);
    answers.push({ askedMs, answeredMs: clock.monotonicMs(), theirMs });
  }
  return steadyOffsetMs(answers);
}
