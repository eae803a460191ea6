/** A run that is due; Unix milliseconds. */
export interface UpcomingRun {
  scheduleId: number;
  name: string;
  rotorId: number;
  startMs: number;
  /** Expected; equal to the start if it is not known. */
  endMs: number;
}

/** A part of a run within a day. */
export interface WeekBar {
  run: UpcomingRun;
  /** Share of the day, 0 to 1. */
  from: number;
  to: number;
  collides: boolean;
}

export interface WeekDay {
  startMs: number;
  endMs: number;
  /** One row of bars per rotor, by its id. */
  rotors: { rotorId: number; bars: WeekBar[] }[];
}

/** Two runs of one rotor that overlap. */
export interface Collision {
  first: UpcomingRun;
  second: UpcomingRun;
}

export const WEEK_DAYS = 7;

/** Pairs of runs of one rotor that overlap, in the order of time. */
export function collisionsOf(runs: readonly UpcomingRun[]): Collision[] {
  const inOrder = runs.toSorted((a, b) => a.startMs - b.startMs || a.scheduleId - b.scheduleId);
  return inOrder.flatMap((second, index) =>
    inOrder
      .slice(0, index)
      .filter(
        (first) =>
          first.rotorId === second.rotorId &&
          (second.startMs < first.endMs || second.startMs === first.startMs),
      )
      .map((first) => ({ first, second })),
  );
}

/** The week from the day of `nowMs`, in a time zone. */
export function weekOf(runs: readonly UpcomingRun[], nowMs: number, timeZone: string): WeekDay[] {
  const colliding = new Set(collisionsOf(runs).flatMap(({ first, second }) => [first, second]));
  const rotorIds = [...new Set(runs.map(({ rotorId }) => rotorId))].sort((a, b) => a - b);
  const midnights = midnightsFrom(nowMs, timeZone, WEEK_DAYS + 1);
  return midnights.slice(0, -1).map((startMs, day) => {
    const endMs = midnights[day + 1] ?? startMs;
    const share = (atMs: number) => Math.min(1, Math.max(0, (atMs - startMs) / (endMs - startMs)));
    const isIn = (run: UpcomingRun) => run.startMs < endMs && (run.endMs > startMs || run.startMs >= startMs);
    return {
      startMs,
      endMs,
      rotors: rotorIds.map((rotorId) => ({
        rotorId,
        bars: runs
          .filter((run) => run.rotorId === rotorId && isIn(run))
          .map((run) => ({
            run,
            from: share(run.startMs),
            to: share(run.endMs),
            collides: colliding.has(run),
          })),
      })),
    };
  });
}

const HOUR_MS = 3_600_000;

/**
 * The beginnings of local days, from that of `nowMs`. A day of a change of the clocks has 23 or
 * 25 h.
 */
function midnightsFrom(nowMs: number, timeZone: string, count: number): number[] {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  /** Local time as if it were UTC. */
  const localMs = (atMs: number) => {
    const parts = format.formatToParts(atMs);
    const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = (
      ['year', 'month', 'day', 'hour', 'minute'] as const
    ).map((type) => Number(parts.find((part) => part.type === type)?.value));
    return Date.UTC(year, month - 1, day, hour, minute);
  };
  const today = Math.floor(localMs(nowMs) / (24 * HOUR_MS)) * 24 * HOUR_MS;
  return Array.from({ length: count }, (_, day) => {
    const wantedMs = today + day * 24 * HOUR_MS;
    // The offset before midnight may differ from that after it.
    const guessMs = wantedMs - (localMs(wantedMs) - wantedMs);
    return guessMs - (localMs(guessMs) - wantedMs);
  });
}
