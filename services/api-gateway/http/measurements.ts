import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { Database } from '../store/database.ts';
import { createBlock, type PointBlock } from '../store/point-block.ts';
import { readBlock } from '../store/points.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { BulkStreams } from './bulk-streams.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { columnarFormat } from './columnar.ts';
import { driftOf } from './references.ts';
import { withoutDrift, type ShownBlock } from './measurement-columns.ts';
import { csvFormat } from './csv.ts';
import { dataFormat, jsonFormat, type MeasurementFormat } from './measurement-formats.ts';
import { measurementQuerySchema } from '#contract/rest/sessions';

type SessionOf = (id: unknown) => Promise<SessionRow>;

// The answer begins with few points, so that it begins soon. A block of the most is half a
// megabyte.
const ROWS = { first: 256, growth: 4, most: 4_096 };

const FORMATS = {
  json: jsonFormat,
  csv: csvFormat,
  columnar: columnarFormat,
};

/** `/data`: the published points, all of them. */
export function dataHandler(db: Database, streams: BulkStreams, sessionOf: SessionOf): RequestHandler {
  const published = dataFormat();
  return async (request, response) => {
    const session = await sessionOf(request.params['session_id']);
    const points = () => blocks(db, session, 0, session.completed_points);
    await stream(request, response, published, streams, points);
  };
}

/**
 * `/measurements`: everything that is known of every point; corrected: without the drift of the
 * receiver.
 */
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
    await stream(request, response, format, streams, () => {
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
  if (!format) throw new HttpError(406, `There is ${mediaTypes.join(', ')}`);
  return format;
}

async function* correctedBlocks(
  source: AsyncGenerator<PointBlock>,
  drift: (atMs: number) => number,
): AsyncGenerator<ShownBlock> {
  for await (const block of source) yield withoutDrift(block, drift);
}

/**
 * Stored points in the order of seq; a block is there until the next one is asked for. Each is a
 * query of its own: a slow reader holds no connection and no snapshot, only the block that it takes
 * and the next one, which is read meanwhile.
 */
function blocks(
  db: Database,
  session: SessionRow,
  afterSeq: number,
  upToSeq: number,
): AsyncGenerator<PointBlock> {
  return oneAhead(readBlocks(db, session, afterSeq, upToSeq));
}

async function* readBlocks(
  db: Database,
  session: SessionRow,
  from: number,
  upToSeq: number,
): AsyncGenerator<PointBlock, void> {
  const most = Math.min(ROWS.most, upToSeq - from);
  // One for the block that is taken and one for the next, in turns: what is new each time lives
  // long enough for V8 to take it for old, and it collects that at 64 MB.
  let [memory, other] = [createBlock(Math.max(0, most)), createBlock(Math.max(0, most))];
  let limit = ROWS.first;
  for (let afterSeq = from; afterSeq < upToSeq;) {
    const block = await readBlock(db, session.id, { afterSeq, upToSeq, limit }, memory);
    [memory, other] = [other, memory];
    const last = block.counts.seq.at(-1);
    if (last === undefined) return;
    yield block;
    afterSeq = last;
    limit = Math.min(limit * ROWS.growth, ROWS.most);
  }
}

/** Asks for the next item while the one before is being used. */
async function* oneAhead<T>(source: AsyncGenerator<T, void>): AsyncGenerator<T> {
  for (let asked = source.next(); ;) {
    const { done, value } = await asked;
    if (done) return;
    asked = source.next();
    // Told when its turn comes; whoever goes away before never hears of it.
    asked.catch(() => undefined);
    yield value;
  }
}

/**
 * Answers with constant memory, when it is its turn: the next block is read when the client has
 * taken the one before.
 */
async function stream(
  request: Request,
  response: Response,
  format: MeasurementFormat,
  streams: BulkStreams,
  source: () => AsyncGenerator<ShownBlock>,
): Promise<void> {
  if (request.method === 'HEAD') {
    response.status(200).set('Content-Type', format.contentType).vary('Accept').end();
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const leave = await streams.enter(gone.signal);
    try {
      await streamNow(response, format, streams, source());
    } finally {
      leave();
    }
  } catch (error) {
    if (!gone.signal.aborted) throw error; // else the client has gone
  }
}

async function streamNow(
  response: Response,
  format: MeasurementFormat,
  streams: BulkStreams,
  source: AsyncGenerator<ShownBlock>,
): Promise<void> {
  // The first block is read before anything is sent: a database that is away is still a proper 503.
  const first = await source.next();
  response.status(200).set('Content-Type', format.contentType).vary('Accept');
  const chunks = streams.paced(format.encode(startingWith(first, source)), () => response.destroy());
  await pipeline(Readable.from(chunks, { objectMode: true, highWaterMark: 1 }), response);
}

async function* startingWith<T>(
  first: IteratorResult<T, unknown>,
  rest: AsyncGenerator<T>,
): AsyncGenerator<T> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
