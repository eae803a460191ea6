import type { Rotor } from '#contract/rest/rotors';
import { toNumber } from './form-fields.ts';

/** Rows of a table; cells are strings as typed. */
export type Rows = string[][];

/** `name`: index or property in the API; `label`: heading with unit. */
export interface Column {
  name: string;
  label: string;
}

export const HORIZON: Column[] = [
  { name: '0', label: 'Azimuth (deg)' },
  { name: '1', label: 'Lowest elevation (deg)' },
];

export const KEEP_OUT: Column[] = [
  { name: 'az_start', label: 'Azimuth from (deg)' },
  { name: 'az_end', label: 'Azimuth to (deg)' },
  { name: 'el_min', label: 'Elevation from (deg)' },
  { name: 'el_max', label: 'Elevation to (deg)' },
];

export function horizonRows(horizon: Rotor['horizon']): Rows {
  return horizon.map((point) => point.map(String));
}

export function keepOutRows(sectors: Rotor['keep_out']): Rows {
  return sectors.map((sector) => [sector.az_start, sector.az_end, sector.el_min, sector.el_max].map(String));
}

/** The API's form; invalid numbers become null. */
export function horizonOf(rows: Rows): (number | null)[][] {
  return rows.map((cells) => cells.map(toNumber));
}

/** The API's form; invalid numbers become null. */
export function toKeepOut(rows: Rows): Record<string, number | null>[] {
  return rows.map((cells) =>
    Object.fromEntries(KEEP_OUT.map(({ name }, column) => [name, toNumber(cells[column] ?? '')])),
  );
}
