import type { RequestHandler } from 'express';
import { BAND_VALUES, type BandValueName } from '#contract/band-values';
import { bandQuerySchema, type BandValue } from '#contract/rest/spectra';
import { roundAll } from '../domain/rounding.ts';
import { at } from '../store/point-block.ts';
import type { Database } from '../store/queryable.ts';
import { readBand, type BandBlock } from '../store/spectra/read-band.ts';
import { acceptedFormat } from './accepted-format.ts';
import { selectBand } from './band-selection.ts';
import { JSON_TYPE, prefetch, streamBulk, type BulkFormat } from './bulk-response.ts';
import type { BulkStreams } from './bulk-streams.ts';
import { COLUMNAR_TYPE, encodeColumns } from './columnar.ts';
import { CSV_TYPE, csvHeader, csvNumberLines, type CsvStyle } from './csv.ts';
import { parseOr422 } from './errors.ts';
import type { NumberColumn } from './measurement-columns.ts';
import { pieces } from './measurement-text.ts';
import type { SessionOf } from './session-of.ts';

/** `/band`: the value of a frequency range at every point. */
export function bandHandler(db: Database, streams: BulkStreams, sessionOf: SessionOf): RequestHandler {
  return async (request, response) => {
    const query = parseOr422(bandQuerySchema, request.query, 'query');
    const session = await sessionOf(request.params['session_id']);
    const selection = await selectBand(db, session, query);
    const { statistic } = selection;
    const format = FORMATS[query.format ?? acceptedFormat(request, MEDIA_TYPES)](
      BAND_VALUES[statistic],
      query,
    );
    const afterSeq = query.after_seq ?? 0;
    const upToSeq = Math.min(session.completed_points, afterSeq + (query.limit ?? Infinity));
    await streamBulk(request, response, format, streams, async function* () {
      for await (const block of prefetch(readBand(db, selection, afterSeq, upToSeq))) {
        roundAll(statistic, block.values);
        yield block;
      }
    });
  };
}

type Format = (name: BandValueName, style: CsvStyle) => BulkFormat<BandBlock>;

const json: Format = (name) => ({
  ...JSON_TYPE,
  async *encode(blocks) {
    let separator = '[';
    const item: BandValue = { seq: 0, [name]: null };
    for await (const { firstSeq, values } of blocks)
      yield* pieces({ rows: values.length }, (index) => {
        item.seq = firstSeq + index;
        // NaN becomes null.
        item[name] = at(values, index);
        const text = separator + JSON.stringify(item);
        separator = ',';
        return text;
      });
    yield separator === '[' ? '[]' : ']';
  },
});

const csv: Format = (name, style) => ({
  ...CSV_TYPE,
  async *encode(blocks) {
    yield csvHeader(['seq', name], style);
    for await (const block of blocks)
      yield* pieces({ rows: block.values.length }, csvNumberLines(columnsOf(name, block), style));
  },
});

const columnar: Format = (name) => ({
  ...COLUMNAR_TYPE,
  async *encode(blocks) {
    for await (const block of blocks) yield encodeColumns(block.values.length, columnsOf(name, block));
  },
});

const FORMATS = { json, csv, columnar };
const MEDIA_TYPES = {
  json: JSON_TYPE.mediaType,
  csv: CSV_TYPE.mediaType,
  columnar: COLUMNAR_TYPE.mediaType,
};

function columnsOf(name: BandValueName, { firstSeq, values }: BandBlock): NumberColumn[] {
  const seqs = new Uint32Array(values.length);
  for (let index = 0; index < seqs.length; index++) seqs[index] = firstSeq + index;
  return [
    { name: 'seq', values: seqs },
    { name, values },
  ];
}
