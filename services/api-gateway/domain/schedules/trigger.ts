import { Body, Observer, SearchRiseSet, SiderealTime } from 'astronomy-engine';
import { Cron } from 'croner';
import type { Trigger } from '#contract/rest/schedules';
import { errorMessage, SkyScanError } from '#shared/base/errors';
import type { Site } from '#shared/sky/site';

/** What a trigger depends on. */
export interface TriggerSurroundings {
  /** IANA name. */
  timeZone: string;
  /** When the schedule was created, Unix time. */
  createdMs: number;
  /** Undefined: the site has no place. */
  place: Site | undefined;
}

const HOUR_MS = 3_600_000;
/** Sidereal days per day: IAU 2006, Capitaine et al. 2003, eq. 42. */
const SIDEREAL_RATE = 1.00273790935;
/** Times closer together than this are the same event. */
const SAME_MS = 1_000;
/** The Sun rises at least once in this time, except at the poles. */
const SEARCH_DAYS = 366;

/** The first time after a Unix time, exclusive, at which a trigger fires; undefined: never. */
export type NextFiring = (afterMs: number) => number | undefined;

/**
 * When a trigger fires. Throws `invalid` if it is no trigger, and `wrong_state` if it needs the
 * place of the site and there is none.
 */
export function firingsOf(trigger: Trigger, of: TriggerSurroundings): NextFiring {
  switch (trigger.kind) {
    case 'cron':
      return cronFirings(trigger.expression, of.timeZone);
    case 'interval': {
      const periodMs = trigger.hours * HOUR_MS;
      const fromMs = trigger.from === null ? of.createdMs : Date.parse(trigger.from);
      const first = trigger.from === null ? 1 : 0;
      return (afterMs) =>
        Math.round(fromMs + periodMs * Math.max(first, Math.floor((afterMs - fromMs) / periodMs) + 1));
    }
    case 'sidereal': {
      const place = placeOf(of);
      return (afterMs) => nextSidereal(trigger.hours, afterMs, place);
    }
    case 'sunrise':
    case 'sunset': {
      const place = placeOf(of);
      const offsetMs = trigger.offset_min * 60_000;
      return (afterMs) => {
        const eventMs = nextSunEvent(trigger.kind, afterMs - offsetMs, place);
        return eventMs === undefined ? undefined : eventMs + offsetMs;
      };
    }
    case 'once': {
      const atMs = Date.parse(trigger.at);
      return (afterMs) => (atMs > afterMs ? atMs : undefined);
    }
  }
}

/** The first `count` firings after `afterMs`. */
export function firstFirings(next: NextFiring, afterMs: number, count: number): number[] {
  const found: number[] = [];
  for (let at = next(afterMs); at !== undefined && found.length < count; at = next(at)) found.push(at);
  return found;
}

function cronFirings(expression: string, timeZone: string): NextFiring {
  try {
    const cron = new Cron(expression, { timezone: timeZone, mode: '5-part', paused: true });
    return (afterMs) => cron.nextRun(new Date(afterMs))?.getTime();
  } catch (error) {
    const reason = errorMessage(error).replace(/^CronPattern: /, '');
    throw new SkyScanError('invalid', `Not a cron expression of five fields: ${reason}`, { cause: error });
  }
}

/** Local apparent sidereal time at a Unix time, hours, not limited to a day. */
export function siderealHours(unixMs: number, { longitudeDeg }: Site): number {
  return SiderealTime(new Date(unixMs)) + longitudeDeg / 15;
}

function nextSidereal(hours: number, afterMs: number, place: Site): number {
  const behindHours = (unixMs: number) => hours - siderealHours(unixMs, place);
  const wait = (((behindHours(afterMs + SAME_MS) % 24) + 24) % 24) / SIDEREAL_RATE;
  const aboutMs = afterMs + SAME_MS + wait * HOUR_MS;
  // The equation of the equinoxes changes during the wait.
  const restHours = ((((behindHours(aboutMs) + 12) % 24) + 24) % 24) - 12;
  return Math.round(aboutMs + (restHours / SIDEREAL_RATE) * HOUR_MS);
}

function nextSunEvent(
  kind: 'sunrise' | 'sunset',
  afterMs: number,
  { latitudeDeg, longitudeDeg }: Site,
): number | undefined {
  const observer = new Observer(latitudeDeg, longitudeDeg, 0);
  const from = new Date(afterMs + SAME_MS);
  const event = SearchRiseSet(Body.Sun, observer, kind === 'sunrise' ? 1 : -1, from, SEARCH_DAYS);
  return event?.date.getTime();
}

function placeOf({ place }: TriggerSurroundings): Site {
  if (place) return place;
  throw new SkyScanError('wrong_state', 'The site has no place: set its latitude and longitude first');
}
