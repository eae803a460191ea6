/** A set of cells, one bit each, least significant bit first: the format of `stored_cells`. */
export interface CellSet {
  readonly bits: Uint8Array;
  add(cell: number): void;
  delete(cell: number): void;
  has(cell: number): boolean;
}

/** `stored` of another length is truncated or padded with zeros. */
export function createCellSet(totalCells: number, stored?: Uint8Array): CellSet {
  const bits = new Uint8Array(Math.ceil(totalCells / 8));
  if (stored) bits.set(stored.subarray(0, bits.length));
  return {
    bits,
    add(cell) {
      const byte = cell >> 3;
      bits[byte] = (bits[byte] ?? 0) | (1 << (cell & 7));
    },
    delete(cell) {
      const byte = cell >> 3;
      bits[byte] = (bits[byte] ?? 0) & ~(1 << (cell & 7));
    },
    has: (cell) => ((bits[cell >> 3] ?? 0) & (1 << (cell & 7))) !== 0,
  };
}
