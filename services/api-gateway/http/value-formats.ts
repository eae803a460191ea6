import { at } from '../store/point-block.ts';
import { acceptedFormat } from './accepted-format.ts';
import { JSON_TYPE, type BulkFormat } from './bulk-response.ts';
import { COLUMNAR_TYPE, encodeColumns } from './columnar.ts';
import { CSV_TYPE, csvHeader, csvNumberLines, type CsvStyle } from './csv.ts';
import type { NumberColumn } from './measurement-columns.ts';
import { pieces } from './measurement-text.ts';

/** Values of consecutive points, by name; NaN: not known. */
export interface ValueBlock<Name extends string> {
  firstSeq: number;
  values: Record<Name, Float64Array>;
}

type FormatName = keyof typeof FORMATS;
/** What the values belong to: points from 1, or cells from 0. */
type NumberName = 'seq' | 'cell';

/** The requested format for the number and these values of each point or cell. */
export function valueFormat<Name extends string>(
  request: Parameters<typeof acceptedFormat>[0],
  query: CsvStyle & { format?: FormatName | undefined },
  names: readonly [Name, ...Name[]],
  number: NumberName = 'seq',
): BulkFormat<ValueBlock<Name>> {
  return FORMATS[query.format ?? acceptedFormat(request, MEDIA_TYPES)](names, number, query);
}

function json<Name extends string>(
  names: readonly [Name, ...Name[]],
  number: NumberName,
): BulkFormat<ValueBlock<Name>> {
  return {
    ...JSON_TYPE,
    async *encode(blocks) {
      let separator = '[';
      const item: Record<string, number> = { [number]: 0 };
      for await (const { firstSeq, values } of blocks)
        yield* pieces({ rows: values[names[0]].length }, (index) => {
          item[number] = firstSeq + index;
          // NaN becomes null.
          for (const name of names) item[name] = at(values[name], index);
          const text = separator + JSON.stringify(item);
          separator = ',';
          return text;
        });
      yield separator === '[' ? '[]' : ']';
    },
  };
}

function csv<Name extends string>(
  names: readonly [Name, ...Name[]],
  number: NumberName,
  style: CsvStyle,
): BulkFormat<ValueBlock<Name>> {
  return {
    ...CSV_TYPE,
    async *encode(blocks) {
      yield csvHeader([number, ...names], style);
      for await (const block of blocks)
        yield* pieces(
          { rows: block.values[names[0]].length },
          csvNumberLines(columnsOf(names, number, block), style),
        );
    },
  };
}

function columnar<Name extends string>(
  names: readonly [Name, ...Name[]],
  number: NumberName,
): BulkFormat<ValueBlock<Name>> {
  return {
    ...COLUMNAR_TYPE,
    async *encode(blocks) {
      for await (const block of blocks)
        yield encodeColumns(block.values[names[0]].length, columnsOf(names, number, block));
    },
  };
}

const FORMATS = { json, csv, columnar };
const MEDIA_TYPES = {
  json: JSON_TYPE.mediaType,
  csv: CSV_TYPE.mediaType,
  columnar: COLUMNAR_TYPE.mediaType,
};

function columnsOf<Name extends string>(
  names: readonly [Name, ...Name[]],
  number: NumberName,
  { firstSeq, values }: ValueBlock<Name>,
): NumberColumn[] {
  const seqs = new Uint32Array(values[names[0]].length);
  for (let index = 0; index < seqs.length; index++) seqs[index] = firstSeq + index;
  return [{ name: number, values: seqs }, ...names.map((name) => ({ name, values: values[name] }))];
}
