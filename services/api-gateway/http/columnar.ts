import { endianness } from 'node:os';
import { POINT_COLUMNS, type Column } from '#contract/point-columns';
import type { PointBlock } from '../store/point-block.ts';
import { numbersOf, type NumberColumn, type ShownBlock } from './measurement-columns.ts';
import type { MeasurementFormat } from './measurement-formats.ts';

/** Description of the format, for `/docs`. */
export const COLUMNAR_DESCRIPTION = `The columnar format is a sequence of blocks until the end of the stream. A block is one line
of JSON (UTF-8, padded with spaces before the line feed to a multiple of 8 bytes):
{"rows": n, "columns": [{"name", "type": "float64" | "uint32"}, ...], "flags": ["clipped", ...]}, followed by the columns one after the
other, each n little-endian values, a uint32 column padded with zeros to a multiple of 8 bytes. Every column therefore
starts at a multiple of 8 bytes and can be read in place (Float64Array, Uint32Array, numpy.frombuffer). "measured_at" is Unix
time in milliseconds. JSON null is NaN; "reference_dbm" is NaN where the reference was not measured. Bit i of "flags" stands for the i-th name in the block's list of flags.`;

export const COLUMNAR_TYPE = {
  mediaType: 'application/vnd.skyscan.columnar',
  contentType: 'application/vnd.skyscan.columnar',
} as const;

/** Self-describing blocks of little-endian columns. */
export function columnarFormat(): MeasurementFormat {
  return {
    ...COLUMNAR_TYPE,
    async *encode(blocks) {
      for await (const block of blocks) yield encodePoints(block);
    },
  };
}

function encodePoints(block: ShownBlock): Buffer {
  const names = [...new Set(block.flagLists.flat())].slice(0, 32);
  const columns = POINT_COLUMNS.flatMap((column) => columnsOf(block, column, names));
  return encodeColumns(block.rows, columns, names);
}

/** A block of the format; `flags`: the names of the bits in the column `flags`. */
export function encodeColumns(rows: number, columns: readonly NumberColumn[], flags: string[] = []): Buffer {
  // Eight-byte columns first.
  const floats = columns.filter(({ values }) => values instanceof Float64Array);
  const counts = columns.filter(({ values }) => values instanceof Uint32Array);
  const header = JSON.stringify({
    rows,
    columns: [
      ...floats.map(({ name }) => ({ name, type: 'float64' })),
      ...counts.map(({ name }) => ({ name, type: 'uint32' })),
    ],
    flags,
  });
  const length = Buffer.byteLength(header) + 1;
  const padding = Buffer.alloc(roundUp(rows * 4) - rows * 4);
  return Buffer.concat([
    Buffer.from(`${header}${' '.repeat(roundUp(length) - length)}\n`),
    ...floats.map(({ values }) => littleEndian(values)),
    ...counts.flatMap(({ values }) => [littleEndian(values), padding]),
  ]);
}

function columnsOf(block: ShownBlock, column: Column, names: string[]): NumberColumn[] {
  const { name, type } = column;
  if (type === 'flags') return [{ name, values: flagBits(block, names) }];
  if (type === 'time') return [{ name, values: block.floats[name] }];
  return numbersOf(block, column);
}

function flagBits({ flagLists, flagList }: PointBlock, names: string[]): Uint32Array {
  const bits = flagLists.map((list) =>
    names.reduce((sum, name, index) => (list.includes(name) ? sum | (1 << index) : sum), 0),
  );
  return flagList.map((list) => bits[list] ?? 0);
}

function littleEndian(column: Float64Array | Uint32Array): Buffer {
  const bytes = Buffer.from(column.buffer, column.byteOffset, column.byteLength);
  if (endianness() === 'LE') return bytes;
  return column instanceof Float64Array ? Buffer.from(bytes).swap64() : Buffer.from(bytes).swap32();
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
