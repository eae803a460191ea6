import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler, Response } from 'express';
import { toDataPoint, type Measurement } from '#shared/mqtt-messages';
import type { Database } from '../store/database.ts';
import { readPoints } from '../store/points.ts';
import type { SessionRow } from '../store/sessions.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { columnarFormat } from './columnar.ts';
import { withUnit } from '../published.ts';
import { driftOf } from './references.ts';
import type { ShownPoint } from './measurement-columns.ts';
import { csvFormat, jsonFormat, type MeasurementFormat } from './measurement-formats.ts';
import { measurementQuerySchema } from './schemas/sessions.ts';

type SessionOf = (id: unknown) => Promise<SessionRow>;

// Small ones: what is on its way is held twice, and garbage is young when it is collected.
const BATCH = 1_000;
// The answer begins with them.
const FIRST_BATCH = 200;

const FORMATS = {
  json: () => jsonFormat(withUnit),
  csv: csvFormat,
  columnar: columnarFormat,
};

/** `/data`: the published points, all of them. */
export function dataHandler(db: Database, sessionOf: SessionOf): RequestHandler {
  const published = jsonFormat(toDataPoint);
  return async (request, response) => {
    const session = await sessionOf(request.params['session_id']);
    await stream(request, response, published, batches(db, session, 0, session.completed_points));
  };
}

/** `/measurements`: everything that is known of every point; corrected: without the drift of the receiver. */
export function measurementsHandler(db: Database, sessionOf: SessionOf): RequestHandler {
  return async (request, response) => {
    const query = parseOr422(measurementQuerySchema, request.query, 'query');
    const session = await sessionOf(request.params['session_id']);
    const corrected = query.corrected ?? false;
    const format = FORMATS[query.format ?? acceptedFormat(request)](corrected);
    const afterSeq = query.after_seq ?? 0;
    const upToSeq = Math.min(session.completed_points, afterSeq + (query.limit ?? Infinity));
    const points = batches(db, session, afterSeq, upToSeq);
    const source = corrected ? withoutDrift(points, (await driftOf(db, session)).drift) : points;
    await stream(request, response, format, source);
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

async function* withoutDrift(
  source: AsyncGenerator<Measurement[]>,
  drift: (atMs: number) => number,
): AsyncGenerator<ShownPoint[]> {
  for await (const points of source)
    yield points.map((point) => {
      const drift_db = drift(Date.parse(point.measured_at));
      return {
        ...point,
        mean_dbm: point.mean_dbm - drift_db,
        min_dbm: point.min_dbm - drift_db,
        max_dbm: point.max_dbm - drift_db,
        last_dbm: point.last_dbm - drift_db,
        drift_db,
      };
    });
}

/**
 * Stored points in the order of seq. Each batch is a query of its own: a slow reader holds no connection and no snapshot, only the
 * batch that it takes and the next one, which is read meanwhile.
 */
function batches(
  db: Database,
  session: SessionRow,
  afterSeq: number,
  upToSeq: number,
): AsyncGenerator<Measurement[]> {
  return oneAhead(readBatches(db, session, afterSeq, upToSeq));
}

async function* readBatches(
  db: Database,
  session: SessionRow,
  afterSeq: number,
  upToSeq: number,
): AsyncGenerator<Measurement[], void> {
  for (let cursor = afterSeq; cursor < upToSeq;) {
    const limit = cursor === afterSeq ? FIRST_BATCH : BATCH;
    const points = await readPoints(db, session.id, { afterSeq: cursor, upToSeq, limit });
    const last = points.at(-1);
    if (!last) return;
    yield points;
    cursor = last.seq;
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

/** Answers with constant memory: the next batch is read when the client has taken the one before. */
async function stream(
  request: Request,
  response: Response,
  format: MeasurementFormat,
  source: AsyncGenerator<ShownPoint[]>,
): Promise<void> {
  // The first batch is read before anything is sent: a database that is away is still a proper 503.
  const first = request.method === 'HEAD' ? undefined : await source.next();
  response.status(200).set('Content-Type', format.contentType).vary('Accept');
  if (!first) {
    response.end();
    return;
  }
  const chunks = Readable.from(format.encode(startingWith(first, source)), {
    objectMode: true,
    highWaterMark: 1,
  });
  await pipeline(chunks, response).catch((error: unknown) => {
    if (!response.destroyed) throw error; // else the client has gone
  });
}

async function* startingWith<T>(
  first: IteratorResult<T, unknown>,
  rest: AsyncGenerator<T>,
): AsyncGenerator<T> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
