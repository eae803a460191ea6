import type { Baseline, BaselineSession } from '#contract/rest/baselines';
import { counted } from '#shared/base/plurals';
import type { Look } from '../alerts/alert-text.ts';
import { frequency } from '../lib/format.ts';

/** `All sessions`, `13:00 to 14:00, local time`, `7 h to 8 h, sidereal time` */
export function binText(bin: string): string {
  const [kind = '', hourText = ''] = bin.split(':');
  const hour = Number(hourText);
  if (kind === 'hour') return `${clock(hour)} to ${clock(hour + 1)}, local time`;
  if (kind === 'sidereal') return `${hour} h to ${hour + 1} h, sidereal time`;
  return 'All sessions';
}

function clock(hour: number): string {
  return `${String(hour % 24).padStart(2, '0')}:00`;
}

/** `433.05 to 434.79 MHz` */
export function bandText({ from_hz, to_hz }: Baseline['bands'][number]): string {
  const [from, to] = [frequency(from_hz), frequency(to_hz)];
  const [value = '', unit = ''] = from.split(' ');
  return to.endsWith(` ${unit}`) ? `${value} to ${to}` : `${from} to ${to}`;
}

/** `12 sessions, 2 excluded, 1 waiting` */
export function sessionsText({ included, excluded, waiting }: Baseline): string {
  return [
    counted(included, 'session'),
    ...(excluded > 0 ? [`${excluded} excluded`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
  ].join(', ');
}

const MEMBER_LOOKS: Record<BaselineSession['status'], Look> = {
  included: { text: 'Included', icon: 'check', tone: 'ok' },
  excluded: { text: 'Excluded', icon: 'none', tone: 'muted' },
  waiting: { text: 'Waiting', icon: 'clock', tone: 'muted' },
};

export function memberLook({ status }: Pick<BaselineSession, 'status'>): Look {
  return MEMBER_LOOKS[status];
}

/** Why a session has its status, and what was left out of it. */
export function memberText({ reason, is_by_user, masked }: BaselineSession): string {
  return [
    ...(is_by_user ? ['by a user'] : []),
    ...(reason === null ? [] : [reason]),
    ...(masked > 0 ? [`${counted(masked, 'cell')} left out because of changes`] : []),
  ].join('; ');
}

/** Session ids as typed: `12, 15 18`; undefined for anything else. */
export function parseSessionIds(text: string): number[] | undefined {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  if (parts.length === 0 || !parts.every((part) => /^[1-9]\d{0,9}$/.test(part))) return undefined;
  return [...new Set(parts.map(Number))];
}
