import type { Session } from '#contract/rest/sessions';
import { clockTime, parseTime } from '../lib/format.ts';

/** When a session was, in words, by the clocks here. */
export function sessionTimes({ started_at, finished_at }: Session, nowMs: number): string {
  const [begun, ended] = [parseTime(started_at), parseTime(finished_at)];
  if (begun === undefined) return ended === undefined ? 'Not begun' : `Ended ${clockTime(ended, { nowMs })}`;
  if (ended === undefined) return `Begun ${clockTime(begun, { nowMs })}`;
  // The day of the end is said only when it is another one.
  return `${clockTime(begun, { nowMs })} to ${clockTime(ended, { nowMs: begun })}`;
}
