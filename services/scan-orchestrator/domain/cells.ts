/** A set of cells, one bit each, least significant bit first: the format of `stored_cells`. */
export class CellSet {
  readonly bits: Uint8Array;

  /** `bits` of another length are truncated or padded with zeros. */
  constructor(totalCells: number, bits?: Uint8Array) {
    this.bits = new Uint8Array(Math.ceil(totalCells / 8));
    if (bits) this.bits.set(bits.subarray(0, this.bits.length));
  }

  add(cell: number): void {
    const byte = cell >> 3;
    this.bits[byte] = (this.bits[byte] ?? 0) | (1 << (cell & 7));
  }

  delete(cell: number): void {
    const byte = cell >> 3;
    this.bits[byte] = (this.bits[byte] ?? 0) & ~(1 << (cell & 7));
  }

  has(cell: number): boolean {
    return ((this.bits[cell >> 3] ?? 0) & (1 << (cell & 7))) !== 0;
  }
}
