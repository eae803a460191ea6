import type { SkyMap } from '#sky-map/sky-map';

/** What was measured when: the cells in the order of measurement, and where a new sweep begins. */
export interface Sweeps {
  /** Which coordinate the rotor sweeps. */
  along: 'azimuth' | 'elevation';
  /** Cells in the order of measurement. */
  order: Uint32Array;
  /**
   * Sweep n is `order` from `starts[n]` to `starts[n + 1]`; its last entry is the number of points.
   */
  starts: number[];
}

/**
 * Takes the order of measurement apart into sweeps: a sweep ends where the next point lies in
 * another row (or column, when the rotor sweeps elevation). `seq` by cell, from 1; 0: not measured.
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

/** Cells by their number in the order of measurement. What is on its way leaves no hole. */
function orderOf(seq: Uint32Array): Uint32Array {
  let last = 0;
  for (const number of seq) if (number > last) last = number;
  const cells = new Int32Array(last + 1).fill(-1);
  seq.forEach((number, cell) => {
    if (number > 0) cells[number] = cell;
  });
  return Uint32Array.from(cells.filter((cell) => cell >= 0));
}
