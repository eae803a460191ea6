import type { CellTable } from './cell-table.ts';

/** The cell of each `seq`; its length is the last `seq` + 1. */
export function cellsBySeq({ seq }: Pick<CellTable, 'seq'>): Uint32Array {
  const last = seq.reduce((max, one) => (one > max ? one : max), 0);
  const cells = new Uint32Array(last + 1);
  seq.forEach((number, cell) => {
    if (number > 0) cells[number] = cell;
  });
  return cells;
}
