import type { SkyMap } from '#sky-map/sky-map';

/** The cells in order of measurement, divided into sweeps. */
export interface Sweeps {
  /** The coordinate that the rotor sweeps. */
  along: 'azimuth' | 'elevation';
  /** Cells in the order of measurement. */
  order: Uint32Array;
  /**
   * Sweep n is `order` from `starts[n]` to `starts[n + 1]`; the last entry is the number of points.
   */
  starts: number[];
}

/**
 * Divides the measured cells into sweeps. A sweep ends where the next point lies in another row, or
 * in another column if the rotor sweeps elevation. `seq` per cell counts from 1; 0 means not
 * measured.
 */
export function sweepsOf(map: Pick<SkyMap, 'columns'>, seq: Uint32Array): Sweeps {
  const order = orderOf(seq);
  const rowOf = (cell: number) => Math.floor(cell / map.columns);
  const columnOf = (cell: number) => cell % map.columns;
  let sameRow = 0;
  let sameColumn = 0;
  for (let n = 1; n < order.length; n++) {
    const [before, cell] = [order[n - 1] ?? 0, order[n] ?? 0];
    if (rowOf(before) === rowOf(cell)) sameRow++;
    else if (columnOf(before) === columnOf(cell)) sameColumn++;
  }
  const along = sameRow >= sameColumn ? 'azimuth' : 'elevation';
  const lineOf = along === 'azimuth' ? rowOf : columnOf;
  const starts = order.length > 0 ? [0] : [];
  for (let n = 1; n < order.length; n++)
    if (lineOf(order[n - 1] ?? 0) !== lineOf(order[n] ?? 0)) starts.push(n);
  return { along, order, starts: [...starts, order.length] };
}

/** Cells in order of measurement; skips numbers that have not arrived yet. */
function orderOf(seq: Uint32Array): Uint32Array {
  let last = 0;
  for (const number of seq) if (number > last) last = number;
  const cells = new Int32Array(last + 1).fill(-1);
  seq.forEach((number, cell) => {
    if (number > 0) cells[number] = cell;
  });
  return Uint32Array.from(cells.filter((cell) => cell >= 0));
}
