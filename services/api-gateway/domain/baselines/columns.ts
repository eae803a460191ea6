const BYTES = 4;

/** One column after the other, float32, little endian. */
export function encodeFloats(columns: readonly ArrayLike<number>[]): Buffer {
  const cells = columns[0]?.length ?? 0;
  const bytes = Buffer.alloc(columns.length * cells * BYTES);
  columns.forEach((column, k) => {
    for (let cell = 0; cell < cells; cell++)
      bytes.writeFloatLE(column[cell] ?? NaN, (k * cells + cell) * BYTES);
  });
  return bytes;
}

/** The columns that `encodeFloats` has packed. */
export function decodeFloats(bytes: Buffer, columns: number): Float32Array[] {
  const cells = bytes.length / BYTES / columns;
  return Array.from({ length: columns }, (_, k) =>
    Float32Array.from({ length: cells }, (_value, cell) => bytes.readFloatLE((k * cells + cell) * BYTES)),
  );
}
