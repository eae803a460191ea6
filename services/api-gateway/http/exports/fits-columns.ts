import type { Column } from '#contract/point-columns';
import { at } from '../../store/point-block.ts';
import {
  columnsWith,
  numbersOf,
  shownNames,
  type AddedColumns,
  type ShownBlock,
} from '../measurement-columns.ts';
import { unitsOf } from '../measurement-text.ts';
import type { Card } from './fits-header.ts';

/** A column of a binary table (FITS standard 4.0, section 7.3). */
export interface FitsColumn {
  name: string;
  /** `J`: 32-bit integer, `D`: 64-bit float, `4A`: four characters. */
  form: 'J' | 'D' | '4A';
  /** Undefined: none. */
  unit: string | undefined;
  /** Writes a row of a block. */
  writerOf: (block: ShownBlock) => (target: Buffer, offset: number, row: number) => void;
}

const BYTES = { J: 4, D: 8, '4A': 4 } as const;
/** Of 1970-01-01. */
const MJD_OF_UNIX = 40_587;
const DAY_MS = 86_400_000;
const MAX_FLAGS = 31;

/** Names of flags by their bits, in the order of their appearance. */
export type FlagNames = string[];

/** A row per point; `flags` collects the names of the bits of the column `flags`. */
export function fitsColumns(added: AddedColumns, flags: FlagNames): FitsColumn[] {
  return columnsWith(added).flatMap((column) =>
    shownNames(column).map((name) => fitsColumn(column, name, flags)),
  );
}

export function rowBytes(columns: readonly FitsColumn[]): number {
  return columns.reduce((sum, { form }) => sum + BYTES[form], 0);
}

/** The keyword records of the columns. */
export function columnCards(columns: readonly FitsColumn[]): Card[] {
  return columns.flatMap(({ name, form, unit }, k): Card[] => [
    [`TTYPE${k + 1}`, name],
    [`TFORM${k + 1}`, form],
    ...(unit === undefined ? [] : [[`TUNIT${k + 1}`, unit] as const]),
  ]);
}

/** The rows of a block. */
export function encodeRows(columns: readonly FitsColumn[], block: ShownBlock): Buffer {
  const bytes = rowBytes(columns);
  const rows = Buffer.alloc(bytes * block.rows);
  let start = 0;
  for (const { form, writerOf } of columns) {
    const write = writerOf(block);
    for (let row = 0; row < block.rows; row++) write(rows, row * bytes + start, row);
    start += BYTES[form];
  }
  return rows;
}

function fitsColumn(column: Column, name: string, flags: FlagNames): FitsColumn {
  switch (column.type) {
    case 'count':
      return {
        name,
        form: 'J',
        unit: undefined,
        writerOf:
          ({ counts }) =>
          (target, offset, row) =>
            void target.writeInt32BE(at(counts[column.name], row), offset),
      };
    case 'time':
      // Times of FITS are days (FITS standard 4.0, section 9).
      return {
        name: 'mjd',
        form: 'D',
        unit: 'd',
        writerOf:
          ({ floats }) =>
          (target, offset, row) =>
            void target.writeDoubleBE(MJD_OF_UNIX + at(floats[column.name], row) / DAY_MS, offset),
      };
    case 'flags':
      return {
        name,
        form: 'J',
        unit: undefined,
        writerOf: ({ flagLists, flagList }) => {
          const bits = flagLists.map((list) => bitsOf(list, flags));
          return (target, offset, row) => void target.writeInt32BE(bits[at(flagList, row)] ?? 0, offset);
        },
      };
    case 'unit':
      return {
        name,
        form: '4A',
        unit: undefined,
        writerOf: (block) => {
          const texts = unitsOf(block);
          return (target, offset, row) =>
            void target.write((texts[at(block.flagList, row)] ?? '').padEnd(4), offset, 'latin1');
        },
      };
    default:
      return {
        name,
        form: 'D',
        unit: 'unit' in column ? column.unit : undefined,
        writerOf: (block) => {
          const values = numbersOf(block, column).find((each) => each.name === name)?.values;
          return (target, offset, row) => void target.writeDoubleBE(values ? at(values, row) : NaN, offset);
        },
      };
  }
}

function bitsOf(list: readonly string[], flags: FlagNames): number {
  let bits = 0;
  for (const flag of list) {
    if (!flags.includes(flag) && flags.length < MAX_FLAGS) flags.push(flag);
    const bit = flags.indexOf(flag);
    if (bit >= 0) bits |= 1 << bit;
  }
  return bits;
}
