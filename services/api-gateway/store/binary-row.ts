/** Reads the columns of a row in PostgreSQL's binary COPY format. */
export interface BinaryRow {
  /** Starts reading a row, which begins with its number of columns. */
  read(bytes: Buffer): BinaryRow;
  int4(): number;
  /** A view of the row, not a copy. */
  bytes(): Buffer;
  text(): string | null;
}

export function createBinaryRow(): BinaryRow {
  let row: Buffer = Buffer.alloc(0);
  let offset = 0;

  function nextColumn(): Buffer | null {
    const length = row.readInt32BE(offset);
    const start = offset + 4;
    offset = start + Math.max(0, length);
    return length < 0 ? null : row.subarray(start, offset);
  }

  const reader: BinaryRow = {
    read(bytes) {
      row = bytes;
      offset = 2;
      return reader;
    },
    int4() {
      const start = offset + 4;
      offset = start + 4;
      return row.readInt32BE(start);
    },
    bytes: () => nextColumn() ?? row.subarray(0, 0),
    text: () => nextColumn()?.toString('utf8') ?? null,
  };
  return reader;
}
