import type { AlertKind, AlertRule, AlertRuleRequest } from '#contract/rest/alerts';
import { KINDS } from './alert-text.ts';

/** A rule as typed. */
export interface RuleForm {
  name: string;
  /** Id as text; empty: all schedules. */
  schedule: string;
  kinds: Record<AlertKind, boolean>;
  minChangeDb: string;
  minZ: string;
  hasSector: boolean;
  azimuthFrom: string;
  azimuthTo: string;
  elevationFrom: string;
  elevationTo: string;
  hasBand: boolean;
  /** MHz. */
  fromMhz: string;
  toMhz: string;
  mutesKnown: boolean;
  raiseSeen: string;
  raiseOf: string;
  immediateZ: string;
  clearAfter: string;
  dedupeHours: string;
  channels: Record<number, boolean>;
  isEnabled: boolean;
}

const EMPTY: Omit<RuleForm, 'kinds' | 'channels'> = {
  name: '',
  schedule: '',
  minChangeDb: '0',
  minZ: '5',
  hasSector: false,
  azimuthFrom: '0',
  azimuthTo: '360',
  elevationFrom: '-5',
  elevationTo: '90',
  hasBand: false,
  fromMhz: '',
  toMhz: '',
  mutesKnown: true,
  raiseSeen: '2',
  raiseOf: '3',
  immediateZ: '8',
  clearAfter: '3',
  dedupeHours: '6',
  isEnabled: true,
};

/** The form of a rule; of a new one with the defaults of the API. */
export function ruleForm(rule?: AlertRule): RuleForm {
  const kindsOf = (list: readonly AlertKind[]) =>
    Object.fromEntries(KINDS.map((kind) => [kind, list.includes(kind)])) as Record<AlertKind, boolean>;
  if (!rule) return { ...EMPTY, kinds: kindsOf(KINDS), channels: {} };
  const { sector, band } = rule;
  return {
    ...EMPTY,
    name: rule.name,
    schedule: rule.schedule_id === null ? '' : String(rule.schedule_id),
    kinds: kindsOf(rule.kinds),
    minChangeDb: String(rule.min_change_db),
    minZ: String(rule.min_z),
    ...(sector && {
      hasSector: true,
      azimuthFrom: String(sector.azimuth_from_deg),
      azimuthTo: String(sector.azimuth_to_deg),
      elevationFrom: String(sector.elevation_from_deg),
      elevationTo: String(sector.elevation_to_deg),
    }),
    ...(band && { hasBand: true, fromMhz: megahertz(band.from_hz), toMhz: megahertz(band.to_hz) }),
    mutesKnown: rule.mute_known,
    raiseSeen: String(rule.raise_seen),
    raiseOf: String(rule.raise_of),
    immediateZ: String(rule.immediate_z),
    clearAfter: String(rule.clear_after),
    dedupeHours: String(rule.dedupe_hours),
    channels: Object.fromEntries(rule.channel_ids.map((id) => [id, true])),
    isEnabled: rule.is_enabled,
  };
}

/** The body of POST and PUT. Problems of the input are left to the API. */
export function toRule(form: RuleForm): AlertRuleRequest {
  return {
    name: form.name,
    schedule_id: form.schedule === '' ? null : Number(form.schedule),
    kinds: KINDS.filter((kind) => form.kinds[kind]),
    min_change_db: numberOf(form.minChangeDb),
    min_z: numberOf(form.minZ),
    sector: form.hasSector
      ? {
          azimuth_from_deg: numberOf(form.azimuthFrom),
          azimuth_to_deg: numberOf(form.azimuthTo),
          elevation_from_deg: numberOf(form.elevationFrom),
          elevation_to_deg: numberOf(form.elevationTo),
        }
      : null,
    band: form.hasBand ? { from_hz: hertz(form.fromMhz), to_hz: hertz(form.toMhz) } : null,
    mute_known: form.mutesKnown,
    raise_of: numberOf(form.raiseOf),
    raise_seen: numberOf(form.raiseSeen),
    immediate_z: numberOf(form.immediateZ),
    clear_after: numberOf(form.clearAfter),
    dedupe_hours: numberOf(form.dedupeHours),
    channel_ids: Object.entries(form.channels).flatMap(([id, isChosen]) => (isChosen ? [Number(id)] : [])),
    is_enabled: form.isEnabled,
  };
}

/** The API refuses NaN, which is null in JSON, with the name of the field. */
function numberOf(text: string): number {
  return text.trim() === '' ? NaN : Number(text);
}

// Without the rounding errors of the binary fraction.
function hertz(mhz: string): number {
  return Math.round(numberOf(mhz) * 1e7) / 10;
}

function megahertz(hz: number): string {
  return String(Number((hz / 1e6).toFixed(7)));
}

/** `New, gone, brighter; z at least 5; in 2 of 3 sessions, at once above z 8` */
export function ruleText(rule: AlertRule, nameOfSchedule: (id: number) => string): string {
  const { kinds, sector, band, raise_seen, raise_of, immediate_z, min_change_db, min_z } = rule;
  const list =
    kinds.length === KINDS.length
      ? 'All changes and outages'
      : kinds.map((kind) => kind.replace('_', ' ')).join(', ');
  return [
    list.slice(0, 1).toUpperCase() + list.slice(1),
    rule.schedule_id === null ? 'all schedules' : nameOfSchedule(rule.schedule_id),
    `z at least ${min_z}${min_change_db > 0 ? `, by at least ${min_change_db} dB` : ''}`,
    ...(sector
      ? [
          `azimuth ${sector.azimuth_from_deg}° to ${sector.azimuth_to_deg}°, elevation ${sector.elevation_from_deg}° to ${sector.elevation_to_deg}°`,
        ]
      : []),
    ...(band ? [`${megahertz(band.from_hz)} to ${megahertz(band.to_hz)} MHz`] : []),
    `seen in ${raise_seen} of ${raise_of} sessions, or once above z ${immediate_z}`,
    ...(rule.mute_known ? ['not of known sources'] : []),
  ].join('; ');
}
