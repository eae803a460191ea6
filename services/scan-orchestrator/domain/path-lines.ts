import type { Pointing } from '#shared/sky/pointing';
import type { Grid } from './grid.ts';

/** Cells measured consecutively, in either direction; at least one. */
export type Line = Uint32Array;

/** Each row ordered by unwrapped azimuth. */
export function rowLines(grid: Grid, setpoint: (cell: number) => Pointing): Line[] {
  const azimuthDeg = (cell: number) => setpoint(cell).azimuthDeg;
  return Array.from({ length: grid.rows }, (_, row) => {
    const first = row * grid.columns;
    const count = grid.columnsInRow(row);
    // Within a row, the number of added turns only decreases with azimuth: a row that ends above
    // its start is not split.
    const isSplit = azimuthDeg(first + count - 1) < azimuthDeg(first);
    let cut = 0;
    if (isSplit) while (azimuthDeg(first + cut) >= azimuthDeg(first)) cut++;
    // In a row split by the travel limits, the part with the larger grid azimuths comes first.
    const cells = new Uint32Array(count);
    for (let i = 0; i < count; i++) cells[i] = first + ((cut + i) % count);
    return cells;
  });
}

/** Whether the travel limits have split the row, so that its end precedes its start. */
export function isSplit(cells: Line): boolean {
  return (cells[0] as number) > (cells.at(-1) as number);
}

/**
 * The first cells of all rows, then the second ones, and so on; shorter rows are skipped after
 * their end.
 */
export function columnLines(rows: readonly Line[]): Line[] {
  const columns = rows.reduce((most, cells) => Math.max(most, cells.length), 0);
  return Array.from({ length: columns }, (_, column) => {
    const line = new Uint32Array(rows.length);
    let count = 0;
    for (const cells of rows) if (column < cells.length) line[count++] = cells[column] as number;
    return line.subarray(0, count);
  });
}
