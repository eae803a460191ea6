import type { ScheduleRequest } from '#contract/rest/schedules';
import type { NextFiring } from './trigger.ts';

/** A run that is this late was missed. */
export const MAX_LATENESS_MS = 5 * 60_000;
/** Older firings are not counted. */
const MEMORY_MS = 7 * 86_400_000;

export interface ScheduleState {
  /** When the next run is due; undefined: never. */
  nextMs: number | undefined;
  /** Time of the last look. */
  checkedMs: number;
}

export interface DueRuns {
  /** Due now. */
  dueMs: number | undefined;
  /** Nobody was there to start these. */
  missed: { lastMs: number; count: number } | undefined;
  next: ScheduleState;
}

/** The firings until the schedule ends. */
export function untilEnd(next: NextFiring, endsAt: string | null): NextFiring {
  const endMs = endsAt === null ? Infinity : Date.parse(endsAt);
  return (afterMs) => {
    const at = next(afterMs);
    return at === undefined || at > endMs ? undefined : at;
  };
}

/**
 * Which runs of a schedule are due at `nowMs`, and when the next one is. Of several only the latest
 * is due. After a clock is set back, runs may be due again: the caller ignores those that exist.
 */
export function dueRuns(
  firings: NextFiring,
  catchUp: ScheduleRequest['catch_up'],
  { nextMs, checkedMs }: ScheduleState,
  nowMs: number,
): DueRuns {
  const passed = [];
  let next = nowMs < checkedMs ? firings(nowMs) : nextMs;
  if (next !== undefined && next < nowMs - MEMORY_MS) {
    passed.push(next);
    next = firings(nowMs - MEMORY_MS);
  }
  for (; next !== undefined && next <= nowMs; next = firings(next)) passed.push(next);
  const latest = passed.at(-1);
  const isDue = latest !== undefined && (catchUp === 'latest' || nowMs - latest <= MAX_LATENESS_MS);
  const missed = isDue ? passed.slice(0, -1) : passed;
  const lastMissed = missed.at(-1);
  return {
    dueMs: isDue ? latest : undefined,
    missed: lastMissed === undefined ? undefined : { lastMs: lastMissed, count: missed.length },
    next: { nextMs: next, checkedMs: nowMs },
  };
}
