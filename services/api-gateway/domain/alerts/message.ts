import { fillTemplate, type AlertPlaceholder } from '#contract/alert-placeholders';
import type { Alert } from '#contract/rest/alerts';
import { frequenciesText } from './alert-text.ts';

/** A message to people. */
export interface AlertMessage {
  title: string;
  text: string;
  /** Of the dashboard. */
  link: string;
  /** A map; null: there is none. */
  picture: string | null;
}

export interface MessageParts {
  event: 'raised' | 'cleared' | 'test';
  alert: Alert;
  schedule: string | null;
  /** Address of the dashboard, without a final slash. */
  baseUrl: string;
  templates: Templates;
}

/** Of a channel; null: the built-in ones. */
export interface Templates {
  title: string | null;
  text: string | null;
}

/** The message of an event: its values are inserted as text. */
export function messageOf(parts: MessageParts): AlertMessage {
  const { alert, baseUrl, templates, event } = parts;
  const { link, picture } = linksOf(alert, baseUrl);
  const values = valuesOf(parts, link, picture ?? '');
  const prefix = { raised: '', cleared: 'Cleared: ', test: 'Test: ' }[event];
  return {
    title: oneLine(templates.title === null ? prefix + alert.title : fillTemplate(templates.title, values)),
    text: templates.text === null ? builtInText(values) : fillTemplate(templates.text, values),
    link,
    picture,
  };
}

/** The page of an alert and the map of its comparison. */
export function linksOf(
  { id, session_id, baseline_id, anomaly_id }: Alert,
  baseUrl: string,
): Pick<AlertMessage, 'link' | 'picture'> {
  const hasMap = session_id !== null && baseline_id !== null && anomaly_id !== null;
  return {
    link: `${baseUrl}/#/watch/alerts/${id}`,
    picture: hasMap ? `${baseUrl}/api/skyscan/${session_id}/anomalies/map.png?baseline=${baseline_id}` : null,
  };
}

function valuesOf(
  { event, alert, schedule }: MessageParts,
  link: string,
  picture: string,
): Record<AlertPlaceholder, string> {
  const fixed = (value: number | null, digits: number) => value?.toFixed(digits) ?? '';
  return {
    event,
    kind: alert.kind,
    headline: alert.title,
    azimuth: fixed(alert.azimuth, 1),
    elevation: fixed(alert.elevation, 1),
    channels: frequenciesText(alert.channels),
    change_db: fixed(alert.change_db, 1),
    z: fixed(alert.z, 1),
    source: alert.source ?? '',
    schedule: schedule ?? '',
    reason: alert.reason ?? '',
    time: alert.last_seen_at,
    session: alert.session_id === null ? '' : String(alert.session_id),
    alert: String(alert.id),
    link,
    picture,
  };
}

/** One line per value that there is. */
function builtInText(values: Record<AlertPlaceholder, string>): string {
  const line = (label: string, value: string, unit = '') =>
    value === '' ? [] : [`${label}: ${value}${unit}`];
  return [
    values.headline,
    '',
    ...line('Event', values.event),
    ...line('Azimuth', values.azimuth, '°'),
    ...line('Elevation', values.elevation, '°'),
    ...line('Frequencies', values.channels),
    ...line('Change', values.change_db, ' dB'),
    ...line('Significance', values.z, ' sigma'),
    ...line('Source', values.source),
    ...line('Schedule', values.schedule),
    ...line('Reason', values.reason),
    ...line('Last seen', values.time),
    ...line('Scan', values.session),
    '',
    values.link,
    ...(values.picture === '' ? [] : [values.picture]),
  ].join('\n');
}

/** A title is a header of mails: line breaks and control characters in names become spaces. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
