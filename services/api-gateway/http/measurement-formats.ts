import {
  DRIFT_COLUMN,
  PLACE_COLUMNS,
  VALUE_COLUMNS,
  type Column,
  type ShownPoint,
} from './measurement-columns.ts';
import { unitOf } from '../published.ts';

/** How a stream of measurements is written. */
export interface MeasurementFormat {
  mediaType: string;
  contentType: string;
  encode(batches: AsyncIterable<ShownPoint[]>): AsyncGenerator<string | Buffer>;
}

/** One JSON array; `item` chooses what each point shows. */
export function jsonFormat(item: (point: ShownPoint) => object): MeasurementFormat {
  return {
    mediaType: 'application/json',
    contentType: 'application/json; charset=utf-8',
    async *encode(batches) {
      let separator = '[';
      for await (const points of batches) {
        yield separator + points.map((point) => JSON.stringify(item(point))).join(',');
        separator = ',';
      }
      yield separator === '[' ? '[]' : ']';
    },
  };
}

const COLUMNS: Column<string | number>[] = [
  ...PLACE_COLUMNS,
  ...VALUE_COLUMNS,
  ['reads', (p) => p.reads],
  ['integration_ms', (p) => p.integration_ms],
  // Flags are words of small letters: no quoting is needed.
  ['flags', (p) => p.flags.join(' ')],
  ['measured_at', (p) => p.measured_at],
  ['unit', unitOf],
  ['reference_dbm', (p) => p.reference?.mean_dbm ?? ''],
];

/** RFC 4180 with a header line; flags are separated by blanks. `corrected`: the drift has a column. */
export function csvFormat(corrected: boolean): MeasurementFormat {
  const columns = corrected ? [...COLUMNS, DRIFT_COLUMN] : COLUMNS;
  return {
    mediaType: 'text/csv',
    contentType: 'text/csv; charset=utf-8; header=present',
    async *encode(batches) {
      yield `${columns.map(([name]) => name).join(',')}\r\n`;
      for await (const points of batches)
        yield points.map((point) => `${columns.map(([, value]) => value(point)).join(',')}\r\n`).join('');
    },
  };
}
