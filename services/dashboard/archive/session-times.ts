import type { Session } from '#contract/rest/sessions';
import { clockTime, parseTime } from '../lib/format.ts';

/** Start and end of a session in local time. */
export function sessionTimes({ started_at, finished_at }: Session, nowMs: number): string {
  const [started, ended] = [parseTime(started_at), parseTime(finished_at)];
  if (started === undefined)
    return ended === undefined ? 'Not started' : `Ended ${clockTime(ended, { nowMs })}`;
  if (ended === undefined) return `Started ${clockTime(started, { nowMs })}`;
  // The end has a date only if it is on another day.
  return `${clockTime(started, { nowMs })} to ${clockTime(ended, { nowMs: started })}`;
}
