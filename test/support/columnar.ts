import { expect } from 'vitest';

/** Parses the documented format: a line of JSON, then the columns, each aligned to 8 bytes. */
export function readColumns(buffer: ArrayBuffer): Map<string, number[]> {
  const columns = new Map<string, number[]>();
  const bytes = new Uint8Array(buffer);
  for (let offset = 0; offset < bytes.length;) {
    const end = bytes.indexOf(10, offset) + 1;
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(offset, end))) as {
      rows: number;
      columns: { name: string; type: 'float64' | 'uint32' }[];
    };
    offset = end;
    for (const { name, type } of header.columns) {
      expect(offset % 8).toBe(0);
      const values =
        type === 'float64'
          ? new Float64Array(buffer, offset, header.rows)
          : new Uint32Array(buffer, offset, header.rows);
      columns.set(name, [...(columns.get(name) ?? []), ...values]);
      offset += Math.ceil(values.byteLength / 8) * 8;
    }
  }
  return columns;
}
