import { endianness } from 'node:os';
import { COUNTS, LEVELS, TIMES, type PointBlock } from '../store/point-block.ts';
import { referenceDbm, type ShownBlock } from './measurement-columns.ts';
import type { MeasurementFormat } from './measurement-formats.ts';

/** What the format is, for `/docs`. */
export const COLUMNAR_DESCRIPTION = `The columnar form is a sequence of blocks until the end of the stream. A block is one line
of JSON (UTF-8, padded with blanks before the line feed to a multiple of 8 bytes):
{"rows": n, "columns": [{"name", "type": "float64" | "uint32"}, ...], "flags": ["clipped", ...]}, followed by the columns one after the
other, each n little-endian values, a uint32 column padded with zeros to a multiple of 8 bytes. Every column therefore
starts at a multiple of 8 and can be read in place (Float64Array, Uint32Array, numpy.frombuffer). "measured_at" is Unix
time in milliseconds, "reference_dbm" NaN where the reference was not visited. Bit i of "flags" is the i-th word of the block's list of flags.`;

/** Blocks of little-endian columns, self-describing. `corrected`: the drift has a column. */
export function columnarFormat(corrected: boolean): MeasurementFormat {
  return {
    mediaType: 'application/vnd.skyscan.columnar',
    contentType: 'application/vnd.skyscan.columnar',
    async *encode(blocks) {
      for await (const block of blocks) yield encodeBlock(block, corrected);
    },
  };
}

function encodeBlock(block: ShownBlock, corrected: boolean): Buffer {
  const { rows, counts } = block;
  const floats: [name: string, column: Float64Array][] = [
    ...[...LEVELS, ...TIMES].map((name): [string, Float64Array] => [name, block.floats[name]]),
    ['reference_dbm', references(block)],
  ];
  if (corrected) floats.push(['drift_db', block.drift_db ?? new Float64Array(rows)]);
  const words = [...new Set(block.flagLists.flat())].slice(0, 32);
  const whole: [name: string, column: Uint32Array][] = [
    ...COUNTS.map((name): [string, Uint32Array] => [name, counts[name]]),
    ['flags', flagBits(block, words)],
  ];
  const header = JSON.stringify({
    rows,
    columns: [
      ...floats.map(([name]) => ({ name, type: 'float64' })),
      ...whole.map(([name]) => ({ name, type: 'uint32' })),
    ],
    flags: words,
  });
  const length = Buffer.byteLength(header) + 1;
  const padding = Buffer.alloc(roundUp(rows * 4) - rows * 4);
  return Buffer.concat([
    Buffer.from(`${header}${' '.repeat(roundUp(length) - length)}\n`),
    ...floats.map(([, column]) => littleEndian(column)),
    ...whole.flatMap(([, column]) => [littleEndian(column), padding]),
  ]);
}

function references(block: PointBlock): Float64Array {
  const column = new Float64Array(block.rows).fill(NaN);
  return block.references.size === 0 ? column : column.map((_, index) => referenceDbm(block, index) ?? NaN);
}

function flagBits({ flagLists, flagList }: PointBlock, words: string[]): Uint32Array {
  const bits = flagLists.map((list) =>
    words.reduce((sum, word, index) => (list.includes(word) ? sum | (1 << index) : sum), 0),
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
