import { endianness } from 'node:os';
import {
  DRIFT_COLUMN,
  PLACE_COLUMNS,
  VALUE_COLUMNS,
  type Column,
  type ShownPoint,
} from './measurement-columns.ts';
import type { MeasurementFormat } from './measurement-formats.ts';

/** What the format is, for `/docs`. */
export const COLUMNAR_DESCRIPTION = `The columnar form is a sequence of blocks until the end of the stream. A block is one line
of JSON (UTF-8, padded with blanks before the line feed to a multiple of 8 bytes):
{"rows": n, "columns": [{"name", "type": "float64" | "uint32"}, ...], "flags": ["clipped", ...]}, followed by the columns one after the
other, each n little-endian values, a uint32 column padded with zeros to a multiple of 8 bytes. Every column therefore
starts at a multiple of 8 and can be read in place (Float64Array, Uint32Array, numpy.frombuffer). "measured_at" is Unix
time in milliseconds, "reference_dbm" NaN where the reference was not visited. Bit i of "flags" is the i-th word of the block's list of flags.`;

const FLOATS: Column<number>[] = [
  ...VALUE_COLUMNS,
  ['integration_ms', (p) => p.integration_ms],
  ['measured_at', (p) => Date.parse(p.measured_at)],
  ['reference_dbm', (p) => p.reference?.mean_dbm ?? NaN],
];

const COUNTS: Column<number>[] = [...PLACE_COLUMNS, ['reads', (p) => p.reads]];

/** Blocks of little-endian columns, self-describing. `corrected`: the drift has a column. */
export function columnarFormat(corrected: boolean): MeasurementFormat {
  const floats = corrected ? [...FLOATS, DRIFT_COLUMN] : FLOATS;
  return {
    mediaType: 'application/vnd.skyscan.columnar',
    contentType: 'application/vnd.skyscan.columnar',
    async *encode(batches) {
      for await (const points of batches) yield encodeBlock(points, floats);
    },
  };
}

function encodeBlock(points: ShownPoint[], floats: typeof FLOATS): Buffer {
  const words = [...new Set(points.flatMap((point) => point.flags))].slice(0, 32);
  const flags = (point: ShownPoint) =>
    words.reduce((bits, word, index) => (point.flags.includes(word) ? bits | (1 << index) : bits), 0) >>> 0;
  const counts: typeof COUNTS = [...COUNTS, ['flags', flags]];
  const header = JSON.stringify({
    rows: points.length,
    columns: [
      ...floats.map(([name]) => ({ name, type: 'float64' })),
      ...counts.map(([name]) => ({ name, type: 'uint32' })),
    ],
    flags: words,
  });
  const line = `${header.padEnd(roundUp(header.length + 1) - 1)}\n`;
  return Buffer.concat([
    Buffer.from(line),
    ...floats.map(([, value]) => littleEndian(Float64Array.from(points, value))),
    ...counts.map(([, value]) => {
      const column = new Uint32Array(roundUp(points.length * 4) / 4);
      points.forEach((point, index) => (column[index] = value(point)));
      return littleEndian(column);
    }),
  ]);
}

function littleEndian(column: Float64Array | Uint32Array): Buffer {
  const bytes = Buffer.from(column.buffer, column.byteOffset, column.byteLength);
  if (endianness() === 'LE') return bytes;
  return column instanceof Float64Array ? bytes.swap64() : bytes.swap32();
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
