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

/** The requested format for `seq` and these values of each point. */
export function valueFormat<Name extends string>(
  request: Parameters<typeof acceptedFormat>[0],
  query: CsvStyle & { format?: FormatName | undefined },
  names: readonly [Name, ...Name[]],
): BulkFormat<ValueBlock<Name>> {
  return FORMATS[query.format ?? acceptedFormat(request, MEDIA_TYPES)](names, query);
}

function json<Name extends string>(names: readonly [Name, ...Name[]]): BulkFormat<ValueBlock<Name>> {
  return {
    ...JSON_TYPE,
    async *encode(blocks) {
      let separator = '[';
      const item: Record<string, number> = { seq: 0 };
      for await (const { firstSeq, values } of blocks)
        yield* pieces({ rows: values[names[0]].length }, (index) => {
          item['seq'] = firstSeq + index;
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
  style: CsvStyle,
): BulkFormat<ValueBlock<Name>> {
  return {
    ...CSV_TYPE,
    async *encode(blocks) {
      yield csvHeader(['seq', ...names], style);
      for await (const block of blocks)
        yield* pieces(
          { rows: block.values[names[0]].length },
          csvNumberLines(columnsOf(names, block), style),
        );
    },
  };
}

function columnar<Name extends string>(names: readonly [Name, ...Name[]]): BulkFormat<ValueBlock<Name>> {
  return {
    ...COLUMNAR_TYPE,
    async *encode(blocks) {
      for await (const block of blocks)
        yield encodeColumns(block.values[names[0]].length, columnsOf(names, block));
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
  { firstSeq, values }: ValueBlock<Name>,
): NumberColumn[] {
  const seqs = new Uint32Array(values[names[0]].length);
  for (let index = 0; index < seqs.length; index++) seqs[index] = firstSeq + index;
  return [{ name: 'seq', values: seqs }, ...names.map((name) => ({ name, values: values[name] }))];
}
