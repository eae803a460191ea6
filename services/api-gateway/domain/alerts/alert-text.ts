import type { AlertKind } from '#contract/rest/alerts';
import type { Range } from './same-source.ts';

/** What the title of an alert names. Angles in degrees. */
export interface Titled {
  kind: AlertKind;
  azimuthDeg: number | null;
  elevationDeg: number | null;
  changeDb: number | null;
  channels: readonly Range[];
  source: string | null;
  schedule: string | null;
}

/** `New source at 118.2°, 12.5°, 868.3 MHz` */
export function titleOf(alert: Titled): string {
  const { kind, changeDb, source } = alert;
  const name = source ?? 'Source';
  const by = changeDb === null ? '' : ` by ${Math.abs(changeDb).toFixed(1)} dB`;
  const of = `“${alert.schedule ?? 'deleted schedule'}”`;
  switch (kind) {
    case 'new':
      return `${source === null ? 'New source' : `New: ${source}`} at ${placeText(alert)}`;
    case 'gone':
      return `${name} gone at ${placeText(alert)}`;
    case 'brighter':
    case 'fainter':
      return `${name} ${kind}${by} at ${placeText(alert)}`;
    case 'moved':
      return `${name} moved to ${placeText(alert)}`;
    case 'no_data':
      return `No data of ${of}`;
    case 'scan_failed':
      return `Scan failed of ${of}`;
  }
}

function placeText({ azimuthDeg, elevationDeg, channels }: Titled): string {
  const direction = [azimuthDeg, elevationDeg].map((deg) => `${(deg ?? 0).toFixed(1)}°`);
  return [...direction, frequenciesText(channels)].filter((part) => part !== '').join(', ');
}

/** Ranges that are written out. */
const MAX_RANGES = 3;
/** A range up to this wide is written as its middle, Hz. */
const NARROW_HZ = 500_000;

/** `868.3 MHz`, `433.1–434.8 MHz`; '' without channels. */
export function frequenciesText(channels: readonly Range[]): string {
  if (channels.length === 0) return '';
  const texts = channels
    .slice(0, MAX_RANGES)
    .map(({ from_hz, to_hz }) =>
      to_hz - from_hz <= NARROW_HZ ? mhz((from_hz + to_hz) / 2) : `${mhz(from_hz)}–${mhz(to_hz)}`,
    );
  const more = channels.length - MAX_RANGES;
  return `${texts.join(' + ')} MHz${more > 0 ? ` and ${more} more` : ''}`;
}

function mhz(hz: number): string {
  return String(Math.round(hz / 1e3) / 1e3);
}
