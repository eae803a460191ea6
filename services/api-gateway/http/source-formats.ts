import type { Source } from '#contract/rest/sources';
import { CSV_TYPE } from './csv.ts';

export const SOURCE_MEDIA_TYPES = {
  json: 'application/json',
  csv: CSV_TYPE.mediaType,
  geojson: 'application/geo+json',
} as const;

export type Cell = string | number | boolean | null;

/** Columns of CSV; a source has one line. */
const COLUMNS: Record<string, (source: Source) => Cell> = {
  id: ({ id }) => id,
  number: ({ number }) => number,
  catalogue_id: ({ catalogue_id }) => catalogue_id,
  name: ({ name }) => name,
  azimuth: ({ azimuth }) => azimuth,
  elevation: ({ elevation }) => elevation,
  azimuth_error_deg: ({ azimuth_error_deg }) => azimuth_error_deg,
  elevation_error_deg: ({ elevation_error_deg }) => elevation_error_deg,
  covariance_xx: ({ covariance }) => covariance[0][0],
  covariance_xy: ({ covariance }) => covariance[0][1],
  covariance_yy: ({ covariance }) => covariance[1][1],
  peak_db: ({ peak_db }) => peak_db,
  snr: ({ snr }) => snr,
  width_deg: ({ width_deg }) => width_deg,
  /** Ranges such as `100000-110000`, in Hz, separated by spaces. */
  channels_hz: ({ channels }) => channels.map(({ from_hz, to_hz }) => `${from_hz}-${to_hz}`).join(' '),
  occupancy: ({ occupancy }) => occupancy,
  first_seen: ({ first_seen }) => first_seen,
  last_seen: ({ last_seen }) => last_seen,
  flags: ({ flags }) => flags.join(' '),
  candidate: ({ candidates }) => candidates[0]?.name ?? null,
  posterior: ({ candidates }) => candidates[0]?.posterior ?? null,
};

export function sourcesCsv(sources: readonly Source[]): string {
  return tableCsv(COLUMNS, sources);
}

/** RFC 4180 with a header line. */
export function tableCsv<Row>(columns: Record<string, (row: Row) => Cell>, rows: readonly Row[]): string {
  const lines = rows.map((row) => Object.values(columns).map((cell) => textOf(cell(row))));
  return [Object.keys(columns), ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}

function textOf(cell: Cell): string {
  const text = String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Like GeoJSON (RFC 7946), but coordinates are azimuth and elevation in degrees. */
export function directionsGeoJson(
  rows: readonly { id: number; azimuth: number; elevation: number }[],
): object {
  return {
    type: 'FeatureCollection',
    coordinates: 'azimuth and elevation, degrees',
    features: rows.map(({ azimuth, elevation, ...properties }) => ({
      type: 'Feature',
      id: properties.id,
      geometry: { type: 'Point', coordinates: [azimuth, elevation] },
      properties,
    })),
  };
}
