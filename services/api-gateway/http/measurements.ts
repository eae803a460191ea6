import type { RequestHandler } from 'express';
import { BAND_VALUES } from '#contract/band-values';
import { roundAll } from '../domain/rounding.ts';
import type { Database } from '../store/queryable.ts';
import { at, type PointBlock } from '../store/point-block.ts';
import { readBandValues, type BandSelection } from '../store/spectra/read-band.ts';
import { acceptedFormat } from './accepted-format.ts';
import { selectOptionalBand, type RangeQuery } from './band-selection.ts';
import { JSON_TYPE, streamBulk } from './bulk-response.ts';
import type { BulkStreams } from './bulk-streams.ts';
import { parseOr422 } from './errors.ts';
import { COLUMNAR_TYPE, columnarFormat } from './columnar.ts';
import { driftOf } from './references.ts';
import { withoutDrift, type AddedColumns, type ShownBlock } from './measurement-columns.ts';
import { CSV_TYPE, csvFormat } from './csv.ts';
import { pageOf } from './page-of.ts';
import type { SessionOf } from './session-of.ts';
import type { SessionRow } from '../store/sessions.ts';
import { dataFormat, jsonFormat } from './measurement-formats.ts';
import { pointBlocks } from './point-blocks.ts';
import { measurementQuerySchema } from '#contract/rest/session-queries';

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
    const points = () => pointBlocks(db, session, 0, session.completed_points);
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
    const { added, points } = await selectPoints(db, session, query);
    const format = FORMATS[query.format ?? acceptedFormat(request, MEDIA_TYPES)](added, query);
    const { afterSeq, upToSeq } = pageOf(query, session.completed_points);
    await streamBulk(request, response, format, streams, () => points(afterSeq, upToSeq));
  };
}

export interface PointQuery extends RangeQuery {
  corrected?: boolean | undefined;
}

/** Which values a query adds to the points, and the points with them. */
export async function selectPoints(
  db: Database,
  session: SessionRow,
  query: PointQuery,
): Promise<{
  added: AddedColumns;
  points: (afterSeq: number, upToSeq: number) => AsyncGenerator<ShownBlock>;
}> {
  const corrected = query.corrected ?? false;
  const selection = await selectOptionalBand(db, session, query);
  const drift = corrected ? (await driftOf(db, session)).drift : undefined;
  return {
    added: [
      ...(corrected ? (['drift_db'] as const) : []),
      ...(selection ? [BAND_VALUES[selection.statistic]] : []),
    ],
    points(afterSeq, upToSeq) {
      const points = pointBlocks(db, session, afterSeq, upToSeq);
      const whole = selection ? withBand(db, points, selection) : points;
      return drift ? correctedBlocks(whole, drift) : whole;
    },
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
