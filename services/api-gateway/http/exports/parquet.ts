import type { ColumnSource, SchemaElement } from 'hyparquet-writer';
import type { Column } from '#contract/point-columns';
import { at } from '../../store/point-block.ts';
import {
  columnsWith,
  numbersOf,
  shownNames,
  type AddedColumns,
  type ShownBlock,
} from '../measurement-columns.ts';
import type { MeasurementFormat } from '../measurement-formats.ts';
import { unitsOf } from '../measurement-text.ts';
import { createParquetFile, PARQUET_TYPE } from './parquet-file.ts';

/** How levels are stored: as measured, or in whole thousandths, in a fraction of the space. */
export interface ParquetStyle {
  precision: 'exact' | 'milli';
}

/**
 * Apache Parquet with a row per point and the columns of CSV; flags are separated by spaces. A
 * value that is missing is null.
 */
export function parquetFormat(added: AddedColumns, { precision }: ParquetStyle): MeasurementFormat {
  const columns = columnsWith(added).flatMap((column) =>
    shownNames(column).map((name) => parquetColumn(column, name, precision)),
  );
  return {
    ...PARQUET_TYPE,
    async *encode(blocks) {
      const file = createParquetFile(
        'points',
        columns.map(({ element }) => element),
      );
      for await (const block of blocks)
        yield file.write(
          block.rows,
          columns.map(({ name, encoding, read }) => ({
            name,
            data: read(block),
            ...(encoding && { encoding }),
          })),
        );
      yield file.end();
    },
  };
}

type Values = Float64Array | Int32Array | BigInt64Array | (number | string | null)[];
interface ParquetColumn {
  name: string;
  element: SchemaElement;
  encoding: ColumnSource['encoding'];
  read: (block: ShownBlock) => Values;
}

function parquetColumn(column: Column, name: string, precision: ParquetStyle['precision']): ParquetColumn {
  const isNullable = ('nullable' in column && column.nullable) || column.origin === 'answer';
  const described = (
    type: Omit<SchemaElement, 'name'>,
    encoding: ColumnSource['encoding'],
    read: ParquetColumn['read'],
  ): ParquetColumn => ({
    name,
    element: { name, repetition_type: isNullable ? 'OPTIONAL' : 'REQUIRED', ...type },
    encoding,
    read,
  });
  switch (column.type) {
    case 'count':
      return described({ type: 'INT32' }, 'DELTA_BINARY_PACKED', ({ counts }) =>
        Int32Array.from(counts[column.name]),
      );
    case 'time':
      return described(
        { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
        'DELTA_BINARY_PACKED',
        ({ floats }) => BigInt64Array.from(floats[column.name], (ms) => BigInt(Math.round(ms))),
      );
    case 'flags':
      return described(TEXT, 'RLE_DICTIONARY', (block) =>
        textsOf(
          block,
          block.flagLists.map((flags) => flags.join(' ')),
        ),
      );
    case 'unit':
      return described(TEXT, 'RLE_DICTIONARY', (block) => textsOf(block, unitsOf(block)));
    default: {
      const numbers = (block: ShownBlock) => {
        const values = numbersOf(block, column).find((each) => each.name === name)?.values;
        if (!isNullable && values instanceof Float64Array) return values;
        return Array.from({ length: block.rows }, (_, row) => nullable(values ? at(values, row) : NaN));
      };
      return precision === 'milli' && 'unit' in column && column.unit !== 'ms'
        ? described(MILLI, 'DELTA_BINARY_PACKED', numbers)
        : described(
            { type: 'DOUBLE' },
            'unit' in column && column.unit !== 'ms' ? 'BYTE_STREAM_SPLIT' : undefined,
            numbers,
          );
    }
  }
}

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
const MILLI = { type: 'INT32', converted_type: 'DECIMAL', scale: 3, precision: 9 } as const;

const nullable = (value: number) => (Number.isNaN(value) ? null : value);

function textsOf({ flagList, rows }: ShownBlock, texts: readonly string[]): string[] {
  return Array.from({ length: rows }, (_, row) => texts[at(flagList, row)] ?? '');
}
