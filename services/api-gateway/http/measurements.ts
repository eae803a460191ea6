import type { RequestHandler } from 'express';
import { BAND_VALUES } from '#contract/band-values';
import { roundAll } from '../domain/rounding.ts';
import type { Database } from '../store/queryable.ts';
import { at, createBlock, type PointBlock } from '../store/point-block.ts';
import { readBlock } from '../store/points.ts';
import { readBandValues, type BandSelection } from '../store/spectra/read-band.ts';
import type { SessionRow } from '../store/sessions.ts';
import { acceptedFormat } from './accepted-format.ts';
import { selectOptionalBand } from './band-selection.ts';
import { JSON_TYPE, prefetch, streamBulk } from './bulk-response.ts';
import type { BulkStreams } from './bulk-streams.ts';
import { parseOr422 } from './errors.ts';
import { COLUMNAR_TYPE, columnarFormat } from './columnar.ts';
import { driftOf } from './references.ts';
import { withoutDrift, type AddedColumns, type ShownBlock } from './measurement-columns.ts';
import { CSV_TYPE, csvFormat } from './csv.ts';
import { pageOf } from './page-of.ts';
import type { SessionOf } from './session-of.ts';
import { dataFormat, jsonFormat } from './measurement-formats.ts';
import { measurementQuerySchema } from '#contract/rest/session-queries';

// The first block is small, so that the response starts soon. The largest block takes half a
// megabyte.
const ROWS = { first: 256, growth: 4, max: 4_096 };

const FORMATS = {
  json: jsonFormat,
  csv: csvFormat,
  columnar: columnarFormat,
};
const MEDIA_TYPES = {
  json: JSON_TYPE.mediaType,
  csv: CSV_TYPE.mediaType,
  columnar: COLUMNAR_TYPE.mediaType,
};

/** `/data`: all published points. */
export function dataHandler(db: Database, streams: BulkStreams, sessionOf: SessionOf): RequestHandler {
  const published = dataFormat();
  return async (request, response) => {
    const session = await sessionOf(request.params['session_id']);
    const points = () => blocks(db, session, 0, session.completed_points);
    await streamBulk(request, response, published, streams, points);
  };
}

/** `/measurements`: all data of every point; corrected: without the drift of the receiver. */
export function measurementsHandler(
  db: Database,
  streams: BulkStreams,
  sessionOf: SessionOf,
): RequestHandler {
  return async (request, response) => {
    const query = parseOr422(measurementQuerySchema, request.query, 'query');
    const session = await sessionOf(request.params['session_id']);
    const corrected = query.corrected ?? false;
    const selection = await selectOptionalBand(db, session, query);
    const added: AddedColumns = [
      ...(corrected ? (['drift_db'] as const) : []),
      ...(selection ? [BAND_VALUES[selection.statistic]] : []),
    ];
    const format = FORMATS[query.format ?? acceptedFormat(request, MEDIA_TYPES)](added, query);
    const { afterSeq, upToSeq } = pageOf(query, session.completed_points);
    const drift = corrected ? (await driftOf(db, session)).drift : undefined;
    await streamBulk(request, response, format, streams, () => {
      const points = blocks(db, session, afterSeq, upToSeq);
      const whole = selection ? withBand(db, points, selection) : points;
      return drift ? correctedBlocks(whole, drift) : whole;
    });
  };
}

/** Adds the values of a frequency range. */
async function* withBand(
  db: Database,
  source: AsyncGenerator<PointBlock>,
  selection: BandSelection,
): AsyncGenerator<ShownBlock> {
  for await (const block of source) {
    const { seq } = block.counts;
    const values = await readBandValues(db, selection, at(seq, 0), at(seq, block.rows - 1));
    roundAll(selection.statistic, values);
    yield { ...block, [BAND_VALUES[selection.statistic]]: values };
  }
}

async function* correctedBlocks(
  source: AsyncGenerator<ShownBlock>,
  drift: (atMs: number) => number,
): AsyncGenerator<ShownBlock> {
  for await (const block of source) yield withoutDrift(block, drift);
}

/**
 * Stored points in the order of seq; a block is valid until the next one is requested. Each block
 * is a separate query, so a slow reader holds no connection and no snapshot, only its block and the
 * next one, which is read ahead.
 */
function blocks(
  db: Database,
  session: SessionRow,
  afterSeq: number,
  upToSeq: number,
): AsyncGenerator<PointBlock> {
  return prefetch(readBlocks(db, session, afterSeq, upToSeq));
}

async function* readBlocks(
  db: Database,
  session: SessionRow,
  from: number,
  upToSeq: number,
): AsyncGenerator<PointBlock, void> {
  const maxRows = Math.min(ROWS.max, upToSeq - from);
  // Two blocks in alternation: new ones each time would be promoted to V8's old generation, which
  // is collected only at 64 MB.
  let [buffer, spare] = [createBlock(Math.max(0, maxRows)), createBlock(Math.max(0, maxRows))];
  let limit = ROWS.first;
  for (let afterSeq = from; afterSeq < upToSeq;) {
    const block = await readBlock(db, session.id, { afterSeq, upToSeq, limit }, buffer);
    [buffer, spare] = [spare, buffer];
    const last = block.counts.seq.at(-1);
    if (last === undefined) return;
    yield block;
    afterSeq = last;
    limit = Math.min(limit * ROWS.growth, ROWS.max);
  }
}
