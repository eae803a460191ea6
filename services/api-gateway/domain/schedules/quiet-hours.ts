import type { QuietHours } from '#contract/rest/schedules';
import { SkyScanError } from '#shared/base/errors';

/** Whether no run may start at a Unix time. `timeZone`: IANA name. */
export function isQuiet({ from, to }: QuietHours, unixMs: number, timeZone: string): boolean {
  const now = timeOfDay(unixMs, timeZone);
  return from < to ? from <= now && now < to : from <= now || now < to;
}

/** Throws `invalid` if there is no such time zone. */
export function checkTimeZone(timeZone: string): void {
  try {
    timeOfDay(0, timeZone);
  } catch (error) {
    throw new SkyScanError(
      'invalid',
      `There is no time zone ${JSON.stringify(timeZone)}; use an IANA name such as Europe/Berlin`,
      {
        cause: error,
      },
    );
  }
}

/** `22:05` */
export function timeOfDay(unixMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(unixMs);
}
