import type { AlertKind, AlertStatus } from '#contract/rest/alerts';
import type { Alert } from '#contract/rest/alerts';
import type { IconName } from '../shell/Icon.svelte';
import { azimuthOnCircleDeg } from '#shared/sky/pointing';
import { clockTime, degrees, frequency, parseTime, signed } from '../lib/format.ts';

/** How a state looks. Red is for faults. */
export interface Look {
  text: string;
  icon: IconName;
  tone: 'ok' | 'warn' | 'danger' | 'muted';
}

/** All kinds in the order of the API; its schemas would be a large script. */
export const KIND_TEXTS: Record<AlertKind, string> = {
  new: 'New',
  gone: 'Gone',
  brighter: 'Brighter',
  fainter: 'Fainter',
  moved: 'Moved',
  no_data: 'No data',
  scan_failed: 'Scan failed',
};
export const KINDS = Object.keys(KIND_TEXTS) as AlertKind[];

/** Whether an alert is about sessions that do not come, not about a change of the sky. */
export function isOutage(kind: AlertKind): kind is 'no_data' | 'scan_failed' {
  return kind === 'no_data' || kind === 'scan_failed';
}

export function statusLook(alert: Pick<Alert, 'kind' | 'status' | 'silent_until'>, nowMs: number): Look {
  if (alert.status === 'cleared') return { text: 'Cleared', icon: 'check', tone: 'ok' };
  if (isSilent(alert, nowMs)) return { text: 'Silent', icon: 'silent', tone: 'muted' };
  if (alert.status === 'acknowledged') return { text: 'Acknowledged', icon: 'eye', tone: 'muted' };
  return { text: 'Open', icon: 'warning', tone: isOutage(alert.kind) ? 'danger' : 'warn' };
}

function isSilent({ silent_until }: Pick<Alert, 'silent_until'>, nowMs: number): boolean {
  return (parseTime(silent_until) ?? -Infinity) > nowMs;
}

/** Whether an alert asks for attention. */
export function isOpen(alert: Pick<Alert, 'status' | 'silent_until'>, nowMs: number): boolean {
  return alert.status === 'open' && !isSilent(alert, nowMs);
}

type Ranges = Alert['channels'];

/** `868.3 MHz`, with the number of ranges if there are several; empty without ranges. */
export function rangesText(channels: Ranges): string {
  if (channels.length === 0) return '';
  const from = Math.min(...channels.map(({ from_hz }) => from_hz));
  const to = Math.max(...channels.map(({ to_hz }) => to_hz));
  return `${frequency((from + to) / 2)}${channels.length > 1 ? ` (${channels.length} ranges)` : ''}`;
}

/** `118°, 868.3 MHz`; empty if it has neither direction nor frequency. */
function placeText({ azimuth, channels }: Pick<Alert, 'azimuth' | 'channels'>): string {
  return [azimuth === null ? '' : degrees(azimuthOnCircleDeg(azimuth), 0), rangesText(channels)]
    .filter((part) => part !== '')
    .join(', ');
}

/** `New since Tue 03:10: 118°, 868.3 MHz` */
export function sinceText(
  alert: Pick<Alert, 'kind' | 'title' | 'raised_at' | 'azimuth' | 'channels' | 'source'>,
  nowMs: number,
): string {
  const raisedMs = parseTime(alert.raised_at);
  const since = raisedMs === undefined ? '' : ` since ${dayTime(raisedMs, nowMs)}`;
  if (isOutage(alert.kind)) return `${alert.title}${since}`;
  const what = [...(alert.source === null ? [] : [alert.source]), placeText(alert)]
    .filter((part) => part !== '')
    .join(', ');
  return `${KIND_TEXTS[alert.kind]}${since}${what === '' ? '' : `: ${what}`}`;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const DAY_MS = 86_400_000;

/** `Tue 03:10` within the last six days, else as `clockTime`. */
export function dayTime(ms: number, nowMs: number): string {
  const text = clockTime(ms, { nowMs });
  const ageMs = nowMs - ms;
  if (!text.includes(',') || ageMs < 0 || ageMs > 6 * DAY_MS) return text;
  return `${WEEKDAYS[new Date(ms).getDay()] ?? ''} ${text.split(', ')[1] ?? ''}`;
}

/** A change with its sign: `+6.1 dB`. */
export function changeText(changeDb: number | null): string {
  return changeDb === null ? '' : `${signed(changeDb, 1)} dB`;
}

export const STATUS_TEXTS: Record<AlertStatus, string> = {
  open: 'Open',
  acknowledged: 'Acknowledged',
  cleared: 'Cleared',
};
