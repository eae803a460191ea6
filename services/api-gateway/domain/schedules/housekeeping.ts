import type { Keep } from '#contract/rest/schedules';
import { hasEnded, type SessionStatus } from '#contract/session-status';

/** A session of a schedule. */
export interface ScheduledSession {
  id: number;
  /** When it started, Unix milliseconds. */
  atMs: number;
  status: SessionStatus;
  /** Whether something else needs it, such as a baseline. */
  isNeeded: boolean;
}

/**
 * The sessions that a schedule does not keep, oldest first. It keeps the last `keep.last` completed
 * sessions and everything since the first of them; before, the first completed session of each
 * period in the time zone. Sessions that have not ended, that are needed, and the newest one are
 * always kept. Sessions that were cancelled do not count: a receiver that fails for weeks must not
 * push out the good ones.
 */
export function sessionsToDelete(
  sessions: readonly ScheduledSession[],
  keep: Keep,
  timeZone: string,
): number[] {
  const inOrder = sessions.toSorted((a, b) => a.atMs - b.atMs || a.id - b.id);
  const completed = inOrder.filter(({ status }) => status === 'completed');
  const firstKept = completed.at(-keep.last);
  if (!firstKept || completed.length <= keep.last) return [];
  const kept = keep.then ? firstOfEach(completed, createPeriodOf(keep.then, timeZone)) : new Set<number>();
  return inOrder
    .slice(0, inOrder.indexOf(firstKept))
    .filter(({ id, status, isNeeded }) => hasEnded(status) && !isNeeded && !kept.has(id))
    .map(({ id }) => id);
}

function firstOfEach(
  inOrder: readonly ScheduledSession[],
  periodOf: (atMs: number) => number | string,
): Set<number> {
  const first = new Map<number | string, number>();
  for (const { id, atMs } of inOrder) {
    const period = periodOf(atMs);
    if (!first.has(period)) first.set(period, id);
  }
  return new Set(first.values());
}

const DAY_MS = 86_400_000;

/** Names the day, the week (from Monday) or the month of a time. */
function createPeriodOf(
  period: NonNullable<Keep['then']>,
  timeZone: string,
): (atMs: number) => number | string {
  // Intl has no cheap constructor: one for all times.
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'iso8601',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });
  return (atMs) => {
    const parts = format.formatToParts(atMs);
    const [year = 0, month = 0, day = 0] = (['year', 'month', 'day'] as const).map((type) =>
      Number(parts.find((part) => part.type === type)?.value),
    );
    if (period === 'one_per_month') return `${year}-${month}`;
    const dayNumber = Date.UTC(year, month - 1, day) / DAY_MS;
    // 1 January 1970 was a Thursday.
    return period === 'one_per_day' ? dayNumber : Math.floor((dayNumber + 3) / 7);
  };
}
