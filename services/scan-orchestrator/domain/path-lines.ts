import type { Pointing } from '#shared/sky/pointing';
import type { Grid } from './grid.ts';

/** Cells that are visited one after the other, from one end or from the other; at least one. */
export type Line = Uint32Array;

/** Every row in the order of its azimuths in the rotor's own frame. */
export function rowLines(grid: Grid, setpoint: (cell: number) => Pointing): Line[] {
  const azimuthDeg = (cell: number) => setpoint(cell).azimuthDeg;
  return Array.from({ length: grid.rows }, (_, row) => {
    const first = row * grid.columns;
    const count = grid.columnsInRow(row);
    // Turns of the cable only ever fall with the azimuth: a row that goes up from end to end is not
    // split.
    const isSplit = azimuthDeg(first + count - 1) < azimuthDeg(first);
    let cut = 0;
    if (isSplit) while (azimuthDeg(first + cut) >= azimuthDeg(first)) cut++;
    // Where the cable splits a row, what comes last begins the line.
    const cells = new Uint32Array(count);
    for (let i = 0; i < count; i++) cells[i] = first + ((cut + i) % count);
    return cells;
  });
}

/** Whether the cable has put the end of the row before its beginning. */
export function isSplit(cells: Line): boolean {
  return (cells[0] as number) > (cells.at(-1) as number);
}

/**
 * The first cells of all rows, the second ones, and so on; shorter rows are left out where they
 * have ended.
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
