import { toNumber } from '../rotors/form-fields.ts';
import type { Column, Rows } from '../rotors/obstacle-rows.ts';

/** The columns of the bands: names of the API, but values in MHz. */
export const BAND_COLUMNS: Column[] = [
  { name: 'center_frequency_hz', label: 'Centre frequency (MHz)' },
  { name: 'bandwidth_hz', label: 'Bandwidth (MHz)' },
];

/** As many bands as a scan may have. */
export const MAX_BANDS = 16;

/** The rows of a text such as `433.92,2;868.3,2`. */
export function bandRows(text: string): Rows {
  if (text === '') return [];
  return text.split(';').map((row) => {
    const cells = row.split(',');
    return BAND_COLUMNS.map((_, column) => cells[column] ?? '');
  });
}

/** The reverse of `bandRows`, for the draft and the address of the form. */
export function bandsText(rows: Rows): string {
  return rows.map((cells) => cells.join(',')).join(';');
}

/** The API's form; invalid numbers become null. */
export function bandsOf(rows: Rows): Record<string, number | null>[] {
  return rows.map((cells) =>
    Object.fromEntries(BAND_COLUMNS.map(({ name }, column) => [name, toHertz(cells[column] ?? '')])),
  );
}

/**
 * The fewest bands of equal width, at most `widthHz`, that cover a range without gaps; undefined
 * for an empty range.
 */
export function coverRange(fromHz: number, toHz: number, widthHz: number): Rows | undefined {
  if (!(toHz > fromHz) || !(widthHz > 0)) return undefined;
  const count = Math.ceil((toHz - fromHz) / widthHz - 1e-9);
  // Whole hertz, rounded down so that neighbours do not overlap.
  const width = Math.floor((toHz - fromHz) / count);
  return Array.from({ length: count }, (_, n) => [
    megahertz(fromHz + ((n + 0.5) * (toHz - fromHz)) / count),
    megahertz(width - (width % 2)),
  ]);
}

function megahertz(hz: number): string {
  return String(Math.round(hz) / 1e6);
}

function toHertz(text: string): number | null {
  const megahertzValue = toNumber(text);
  return megahertzValue === null ? null : Math.round(megahertzValue * 1e6);
}
