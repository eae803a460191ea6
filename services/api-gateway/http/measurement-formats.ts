import type { Measurement } from '#shared/mqtt-messages';
import { PLACE_COLUMNS, VALUE_COLUMNS, type Column } from './measurement-columns.ts';

/** How a stream of measurements is written. */
export interface MeasurementFormat {
  mediaType: string;
  contentType: string;
  encode(batches: AsyncIterable<Measurement[]>): AsyncGenerator<string | Buffer>;
}

/** One JSON array; `item` chooses what each point shows. */
export function jsonFormat(item: (point: Measurement) => object): MeasurementFormat {
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
];

/** RFC 4180 with a header line; flags are separated by blanks. */
export const csvFormat: MeasurementFormat = {
  mediaType: 'text/csv',
  contentType: 'text/csv; charset=utf-8; header=present',
  async *encode(batches) {
    yield `${COLUMNS.map(([name]) => name).join(',')}\r\n`;
    for await (const points of batches)
      yield points.map((point) => `${COLUMNS.map(([, value]) => value(point)).join(',')}\r\n`).join('');
  },
};
