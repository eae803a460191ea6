import type { GridBounds } from '#shared/sky/grid-shape';
import { CellTable, type ReceivedCell } from './cell-table.ts';
import { nextRows, type Block } from './columnar.ts';

/**
 * The received points of a session in order of `seq`, each exactly once. Both `put` methods ignore
 * known points and throw when one is missing; the caller then reconnects after `lastSeq`.
 */
export interface ReceivedPoints {
  /** Undefined before `open`. */
  readonly table: CellTable | undefined;
  /** `seq` of the last point. */
  readonly lastSeq: number;
  /** Creates the table unless it exists. `refinedDeg`: step of the points added to the grid. */
  open(bounds: GridBounds, refinedDeg?: number): void;
  put(cell: ReceivedCell): void;
  putBlock(block: Block): void;
  /** Forgets the table and all points. */
  reset(): void;
}

export function createReceivedPoints(): ReceivedPoints {
  let table: CellTable | undefined;
  let lastSeq = 0;
  const missing = () => new Error(`Point ${lastSeq + 1} is missing`);
  return {
    get table() {
      return table;
    },
    get lastSeq() {
      return lastSeq;
    },
    open(bounds, refinedDeg) {
      table ??= new CellTable(bounds, refinedDeg);
    },
    put(cell) {
      if (cell.seq <= lastSeq) return;
      if (cell.seq > lastSeq + 1) throw missing();
      table?.put(cell);
      lastSeq = cell.seq;
    },
    putBlock(block) {
      const { from, to } = nextRows(block, lastSeq);
      if (to > from) table?.putAll(block, from, to);
      lastSeq += to - from;
      if (to < block.rows) throw missing();
    },
    reset() {
      table = undefined;
      lastSeq = 0;
    },
  };
}
