import type { SessionRow } from '../../store/sessions.ts';
import { at, type PointBlock } from '../../store/point-block.ts';
import type { PointCells } from '../../store/spectra/read-planes.ts';
import type { Card } from './fits-header.ts';

/** Cells at equal steps of azimuth and elevation, row by row from the lowest. */
export interface MapGrid {
  rows: number;
  columns: number;
  azStartDeg: number;
  elStartDeg: number;
  stepDeg: number;
}

/** Undefined: the cells of the session are not at such directions. */
export function mapGridOf(session: SessionRow): MapGrid | undefined {
  const { grid, frame, grid_rows, grid_columns, az_start, el_start, step_deg } = session;
  if (frame !== null || grid !== 'rectangular') return undefined;
  return {
    rows: grid_rows,
    columns: grid_columns,
    azStartDeg: az_start,
    elStartDeg: el_start,
    stepDeg: step_deg,
  };
}

/**
 * The coordinates of the first two axes of an image (WCS): plate carree, azimuth as longitude.
 * `CRVAL1` is in the middle: at an end, half of the sky would be invalid.
 */
export function directionCards({ columns, azStartDeg, elStartDeg, stepDeg }: MapGrid): Card[] {
  return [
    ['CTYPE1', 'AZLN-CAR', 'Azimuth, clockwise from north'],
    ['CTYPE2', 'AZLT-CAR', 'Elevation'],
    ['CUNIT1', 'deg'],
    ['CUNIT2', 'deg'],
    ['CRPIX1', (columns + 1) / 2],
    ['CRVAL1', azStartDeg + ((columns - 1) / 2) * stepDeg],
    ['CDELT1', stepDeg],
    ['CRPIX2', 1 - elStartDeg / stepDeg, 'At the horizon'],
    ['CRVAL2', 0],
    ['CDELT2', stepDeg],
  ];
}

/** The cells of the points; only the newest one of a cell counts. */
export async function newestPoints(
  blocks: AsyncIterable<PointBlock>,
  { rows, columns }: MapGrid,
): Promise<PointCells> {
  const newest = new Int32Array(rows * columns);
  for await (const { counts, rows: count } of blocks)
    for (let k = 0; k < count; k++)
      if (at(counts.row, k) < rows && at(counts.column, k) < columns)
        newest[at(counts.row, k) * columns + at(counts.column, k)] = at(counts.seq, k);
  const last = newest.reduce((highest, seq) => Math.max(highest, seq), 0);
  const cellOf = new Int32Array(last + 1).fill(-1);
  newest.forEach((seq, cell) => {
    if (seq > 0) cellOf[seq] = cell;
  });
  return { cells: newest.length, cellOf };
}
