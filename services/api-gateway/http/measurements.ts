import type { Request, RequestHandler } from 'express';
import type { Database } from '../store/queryable.ts';
import { createBlock, type PointBlock } from '../store/point-block.ts';
import { readBlock } from '../store/points.ts';
import type { SessionRow } from '../store/sessions.ts';
import { prefetch, streamBulk } from './bulk-response.ts';
import type { BulkStreams } from './bulk-streams.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { columnarFormat } from './columnar.ts';
import { driftOf } from './references.ts';
import { withoutDrift, type ShownBlock } from './measurement-columns.ts';
import { csvFormat } from './csv.ts';
import { dataFormat, jsonFormat } from './measurement-formats.ts';
import { measurementQuerySchema } from '#contract/rest/session-queries';

type SessionOf = (id: unknown) => Promise<SessionRow>;

// The first block is small, so that the response starts soon. The largest block takes half a
// megabyte.
const ROWS = { first: 256, growth: 4, max: 4_096 };

const FORMATS = {
  json: jsonFormat,
  csv: csvFormat,
  columnar: columnarFormat,
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
    const format = FORMATS[query.format ?? acceptedFormat(request)](corrected, query);
    const afterSeq = query.after_seq ?? 0;
    const upToSeq = Math.min(session.completed_points, afterSeq + (query.limit ?? Infinity));
    const drift = corrected ? (await driftOf(db, session)).drift : undefined;
    await streamBulk(request, response, format, streams, () => {
      const points = blocks(db, session, afterSeq, upToSeq);
      return drift ? correctedBlocks(points, drift) : points;
    });
  };
}

function acceptedFormat(request: Request): keyof typeof FORMATS {
  const names = Object.keys(FORMATS) as (keyof typeof FORMATS)[];
  const mediaTypes = names.map((name) => FORMATS[name](false).mediaType);
  const accepted = request.accepts(mediaTypes);
  const format = names.find((_, index) => mediaTypes[index] === accepted);
  if (!format)
    throw new HttpError(
      406,
      `None of the accepted media types is available; available: ${mediaTypes.join(', ')}`,
    );
  return format;
}

async function* correctedBlocks(
  source: AsyncGenerator<PointBlock>,
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
