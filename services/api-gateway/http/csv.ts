import type { Column } from '#contract/point-columns';
import { timeAt } from '../store/block-points.ts';
import { at } from '../store/point-block.ts';
import {
  columnsWith,
  numbersOf,
  shownNames,
  type AddedColumns,
  type NumberColumn,
  type ShownBlock,
} from './measurement-columns.ts';
import type { MeasurementFormat } from './measurement-formats.ts';
import { pieces, unitsOf, type Texts } from './measurement-text.ts';

/** Number format and separator; spreadsheets in many countries expect `;` and a decimal comma. */
export interface CsvStyle {
  separator: 'comma' | 'semicolon' | 'tab';
  decimal: 'point' | 'comma';
}

const SEPARATORS = { comma: ',', semicolon: ';', tab: '\t' } as const;

export const CSV_TYPE = {
  mediaType: 'text/csv',
  contentType: 'text/csv; charset=utf-8; header=present',
} as const;

/** RFC 4180 with a header line; flags are separated by spaces. */
export function csvFormat(added: AddedColumns, style: CsvStyle): MeasurementFormat {
  const columns = columnsWith(added);
  return {
    ...CSV_TYPE,
    async *encode(blocks) {
      yield csvHeader(columns.flatMap(shownNames), style);
      for await (const block of blocks) yield* pieces(block, csvLines(block, columns, style));
    },
  };
}

/** The first line. */
export function csvHeader(names: readonly string[], { separator }: CsvStyle): string {
  return `${names.join(SEPARATORS[separator])}\r\n`;
}

/** Lines of numbers; NaN: an empty cell. */
export function csvNumberLines(columns: readonly NumberColumn[], style: CsvStyle): Texts {
  const cells = columns.map((column) => nullableCells(column, style));
  return (index) => `${cells.map((cell) => cell(index)).join(SEPARATORS[style.separator])}\r\n`;
}

type Cells = (index: number) => string;

function csvLines(block: ShownBlock, columns: readonly Column[], style: CsvStyle): Texts {
  const separator = SEPARATORS[style.separator];
  const groups: Cells[] = [];
  let numbers: NumberColumn[] = [];
  const endGroup = () => {
    if (numbers.length > 0) groups.push(numberCells(numbers, style));
    numbers = [];
  };
  for (const column of columns) {
    const cells = textCells(block, column, style);
    if (!cells) numbers.push(...numbersOf(block, column));
    else {
      endGroup();
      groups.push(cells);
    }
  }
  endGroup();
  return (index) => {
    let line = '';
    for (const group of groups) line += line === '' ? group(index) : separator + group(index);
    return `${line}\r\n`;
  };
}

/** The cells of a column that may be empty or text. */
function textCells(block: ShownBlock, column: Column, style: CsvStyle): Cells | undefined {
  const { floats, flagLists, flagList } = block;
  const byFlags = (texts: string[]) => (index: number) => texts[at(flagList, index)] ?? '';
  if (column.type === 'time') {
    const times = floats[column.name];
    return (index) => timeAt(times, index);
  }
  if (column.type === 'unit') return byFlags(unitsOf(block));
  // Flags are lower-case words and need no quotes.
  if (column.type === 'flags') return byFlags(flagLists.map((flags) => flags.join(' ')));
  const [numbers] = column.nullable ? numbersOf(block, column) : [];
  return numbers && nullableCells(numbers, style);
}

function nullableCells(numbers: NumberColumn, style: CsvStyle): Cells {
  const cells = numberCells([numbers], style);
  return (index) => (Number.isNaN(at(numbers.values, index)) ? '' : cells(index));
}

/** Adjacent number columns. */
function numberCells(columns: NumberColumn[], { separator, decimal }: CsvStyle): Cells {
  const row = columns.map(() => 0);
  return (index) => {
    // JSON.stringify, because V8 caches each number of a template string until after the next
    // collection.
    for (let k = 0; k < row.length; k++) row[k] = at((columns[k] as NumberColumn).values, index);
    const cells = JSON.stringify(row).slice(1, -1);
    // JSON numbers contain no commas or spaces; only the decimal point may change.
    const separated = separator === 'comma' ? cells : cells.replaceAll(',', SEPARATORS[separator]);
    return decimal === 'point' ? separated : separated.replaceAll('.', ',');
  };
}
