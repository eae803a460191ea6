import type { Site } from '#shared/sky/site';
import { timeOfDay } from '../schedules/quiet-hours.ts';
import { siderealHours } from '../schedules/trigger.ts';

/** Hours of a day, 0 to 23; null: not known without the place of the site. */
export interface Hours {
  local_hour: number | null;
  sidereal_hour: number | null;
}

/** The bin of all sessions. */
export const ALL = 'all';
/** Fewer sessions of an hour say less than all. */
const MIN_BIN_SESSIONS = 20;
const HOUR_MS = 3_600_000;

/**
 * The hours at a Unix time: local in the time zone, without one by the longitude of the place, or
 * UTC.
 */
export function hoursAt(unixMs: number, timeZone: string | undefined, place: Site | undefined): Hours {
  const longitude = place?.longitudeDeg ?? 0;
  const local =
    timeZone === undefined
      ? Math.floor(unixMs / HOUR_MS + longitude / 15)
      : Number(timeOfDay(unixMs, timeZone).slice(0, 2));
  return {
    local_hour: onClock(local),
    sidereal_hour: place ? onClock(Math.floor(siderealHours(unixMs, place))) : null,
  };
}

function onClock(hour: number): number {
  return ((hour % 24) + 24) % 24;
}

/** The bins that a session belongs to. */
export function binsOf({ local_hour, sidereal_hour }: Hours): string[] {
  const named = (kind: string, hour: number | null) =>
    hour === null ? [] : [`${kind}:${String(hour).padStart(2, '0')}`];
  return [ALL, ...named('hour', local_hour), ...named('sidereal', sidereal_hour)];
}

/** A bin that is not `all`: its column and its hour. */
export function hourOfBin(bin: string): { column: keyof Hours; hour: number } | undefined {
  const [kind, hour = ''] = bin.split(':');
  if (kind === 'hour') return { column: 'local_hour', hour: Number(hour) };
  return kind === 'sidereal' ? { column: 'sidereal_hour', hour: Number(hour) } : undefined;
}

export interface BinSize {
  bin: string;
  sessions: number;
  spread_db: number | null;
}

/**
 * The bin that a session is compared with: that of its hour or sidereal hour with the smaller
 * spread if it has enough sessions, else all.
 */
export function comparedBin(own: readonly string[], bins: readonly BinSize[]): string {
  const [best] = bins
    .filter(({ bin, sessions }) => bin !== ALL && own.includes(bin) && sessions >= MIN_BIN_SESSIONS)
    .sort((a, b) => (a.spread_db ?? Infinity) - (b.spread_db ?? Infinity));
  return best?.bin ?? ALL;
}
