import { toDataPoint } from '#contract/mqtt-messages';
import { COUNTS, LEVELS, at, pointAt, timeAt } from '../store/point-block.ts';
import { referenceDbm, type ShownBlock } from './measurement-columns.ts';
import { measurementTexts, pieces, unitsOf, type Texts } from './measurement-text.ts';

/** How a stream of measurements is written. */
export interface MeasurementFormat {
  mediaType: string;
  contentType: string;
  encode(blocks: AsyncIterable<ShownBlock>): AsyncGenerator<string | Buffer>;
}

/** Everything that is known of every point. */
export const jsonFormat = (): MeasurementFormat => jsonArrayOf(measurementTexts);

/** The points as published. */
export const dataFormat = (): MeasurementFormat =>
  jsonArrayOf((block) => (index) => JSON.stringify(toDataPoint(pointAt(block, index))));

function jsonArrayOf(textsOf: (block: ShownBlock) => Texts): MeasurementFormat {
  return {
    mediaType: 'application/json',
    contentType: 'application/json; charset=utf-8',
    async *encode(blocks) {
      let separator = '[';
      for await (const block of blocks) {
        const text = textsOf(block);
        yield* pieces(block, (index) => {
          const item = separator + text(index);
          separator = ',';
          return item;
        });
      }
      yield separator === '[' ? '[]' : ']';
    },
  };
}

const HEADER = [...COUNTS.slice(0, 3), ...LEVELS, 'reads', 'integration_ms', 'flags', 'measured_at', 'unit'];

/** How numbers and cells of CSV are written; spreadsheets of many countries expect `;` and a decimal comma. */
export interface CsvStyle {
  separator: 'comma' | 'semicolon' | 'tab';
  decimal: 'point' | 'comma';
}

const SEPARATORS = { comma: ',', semicolon: ';', tab: '\t' } as const;
const PLAIN: CsvStyle = { separator: 'comma', decimal: 'point' };

/** RFC 4180 with a header line; flags are separated by blanks. `corrected`: the drift has a column. */
export function csvFormat(corrected: boolean, style = PLAIN): MeasurementFormat {
  const separator = SEPARATORS[style.separator];
  return {
    mediaType: 'text/csv',
    contentType: 'text/csv; charset=utf-8; header=present',
    async *encode(blocks) {
      yield `${[...HEADER, 'reference_dbm', ...(corrected ? ['drift_db'] : [])].join(separator)}\r\n`;
      for await (const block of blocks) yield* pieces(block, csvLines(block, corrected, style));
    },
  };
}

function csvLines(block: ShownBlock, corrected: boolean, style: CsvStyle): Texts {
  const { counts, floats, drift_db } = block;
  const numbers = [
    ...[counts.seq, counts.row, counts.column],
    ...LEVELS.map((name) => floats[name]),
    ...[counts.reads, floats.integration_ms],
  ];
  const row = numbers.map(() => 0);
  const units = unitsOf(block);
  // Flags are words of small letters: no quoting is needed.
  const flags = block.flagLists.map((words) => words.join(' '));
  const separator = SEPARATORS[style.separator];
  // Numbers of JSON hold neither commas nor blanks; only their decimal point may change.
  const styled = (numbers: string) => {
    const separated = separator === ',' ? numbers : numbers.replaceAll(',', separator);
    return style.decimal === 'point' ? separated : separated.replaceAll('.', ',');
  };
  return (index) => {
    // As JSON: numbers in a template string would each stay in V8's cache until after the next collection.
    for (let i = 0; i < row.length; i++) row[i] = at(numbers[i] as Float64Array, index);
    const list = at(block.flagList, index);
    const words = `${flags[list]}${separator}${timeAt(block, index)}${separator}${units[list]}`;
    const line = `${styled(JSON.stringify(row).slice(1, -1))}${separator}${words}`;
    const reference = styled(String(referenceDbm(block, index) ?? ''));
    if (!corrected) return `${line}${separator}${reference}\r\n`;
    const drift = styled(JSON.stringify(drift_db ? at(drift_db, index) : 0));
    return `${line}${separator}${reference}${separator}${drift}\r\n`;
  };
}
