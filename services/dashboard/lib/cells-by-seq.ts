import type { CellTable } from './cell-table.ts';

/** The cell of each `seq`; its length is the last `seq` + 1. */
export function cellsBySeq({ seq }: Pick<CellTable, 'seq'>): Uint32Array {
  let last = 0;
  for (const one of seq) if (one > last) last = one;
  const cells = new Uint32Array(last + 1);
  for (let cell = 0; cell < seq.length; cell++) {
    const number = seq[cell] as number;
    if (number > 0) cells[number] = cell;
  }
  return cells;
}
