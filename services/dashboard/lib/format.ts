import type { MeasuredCell } from './cell-table.ts';

// Formats values for display: a typographic minus and always a unit.

/** Degrees with a given number of decimals. */
export function degrees(deg: number, decimals = 1): string {
  return `${fixed(deg, decimals)}°`;
}

/** A level with its unit. */
export function level(value: number, unit: string): string {
  return `${fixed(value, 1)} ${unit}`;
}

/** A number with its sign: `+6.1`. Zero has none. */
export function signed(value: number, decimals: number): string {
  const text = fixed(value, decimals);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** A whole number, with thin spaces between groups of three digits. */
export function count(value: number): string {
  // Intl.NumberFormat takes about 50 ms to load, which would delay the first map.
  return fixed(value, 0).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** A frequency in MHz, kHz or Hz, depending on its size. */
export function frequency(hz: number): string {
  if (hz >= 1e6) return `${trimmed(hz / 1e6, 4)} MHz`;
  return hz >= 1e3 ? `${trimmed(hz / 1e3, 3)} kHz` : `${trimmed(hz, 0)} Hz`;
}

/** Parses an API time, which is UTC if it has no zone; undefined for anything else. */
export function parseTime(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined) return undefined;
  const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Local time, with the date unless it is today; optionally with seconds. */
export function clockTime(ms: number, options: { seconds?: boolean; nowMs?: number } = {}): string {
  const time = new Date(ms);
  const now = new Date(options.nowMs ?? Date.now());
  const clock = [time.getHours(), time.getMinutes(), ...(options.seconds ? [time.getSeconds()] : [])]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  if (time.toDateString() === now.toDateString()) return clock;
  return `${time.getDate()} ${MONTHS[time.getMonth()] ?? ''} ${time.getFullYear()}, ${clock}`;
}

/** Replaces UTC times (`2026-02-14T02:00:00Z`) in a text of the API with local times. */
export function withLocalTimes(text: string, nowMs?: number): string {
  return text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (time) => {
    const ms = parseTime(time);
    return ms === undefined ? time : clockTime(ms, { seconds: true, ...(nowMs !== undefined && { nowMs }) });
  });
}

/** The local time zone, such as `UTC+5:30`. */
export function zoneOf(time: Date): string {
  const minutes = -time.getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? '\u2212' : '+'}${hours}${rest === 0 ? '' : `:${rest}`}`;
}

/** A point rate in points/s, points/min or points/h, so that it is at least 1 where possible. */
export function rate(pointsPerSecond: number): string {
  if (pointsPerSecond >= 1) return `${trimmed(pointsPerSecond, 1)} points/s`;
  return pointsPerSecond * 60 >= 1
    ? `${trimmed(pointsPerSecond * 60, 1)} points/min`
    : `${trimmed(pointsPerSecond * 3600, 1)} points/h`;
}

/**
 * The flags of a cell as text; empty if there are none. Omits `uncalibrated`, which the unit
 * already shows.
 */
export function flagText({ flags }: Pick<MeasuredCell, 'flags'>): string {
  return flags
    .filter((flag) => flag !== 'uncalibrated')
    .map((flag) => flag.replaceAll('_', ' '))
    .join(', ');
}

function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return (Number(text) === 0 ? text.replace('-', '') : text).replace('-', '\u2212');
}

function trimmed(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}
