import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { BulkStreams } from './bulk-streams.ts';

/** Of JSON responses. */
export const JSON_TYPE = {
  mediaType: 'application/json',
  contentType: 'application/json; charset=utf-8',
} as const;

/** An output format of a bulk response, whose items are parts of it: blocks of points, pages. */
export interface BulkFormat<Item> {
  mediaType: string;
  contentType: string;
  encode(items: AsyncIterable<Item>): AsyncGenerator<string | Buffer>;
}

/** Requests the next item while the previous one is in use. */
export async function* prefetch<T>(source: AsyncGenerator<T, void>): AsyncGenerator<T> {
  for (let pending = source.next(); ;) {
    const { done, value } = await pending;
    if (done) return;
    pending = source.next();
    // Reported when the item is due; a reader that leaves earlier does not see the error.
    pending.catch(() => undefined);
    yield value;
  }
}

/**
 * Streams with constant memory: the next item is read when the client has read the previous one.
 */
export async function streamBulk<Item>(
  request: Request,
  response: Response,
  format: BulkFormat<Item>,
  streams: BulkStreams,
  source: () => AsyncGenerator<Item>,
): Promise<void> {
  if (request.method === 'HEAD') {
    response.status(200).set('Content-Type', format.contentType).vary('Accept').end();
    return;
  }
  const disconnected = new AbortController();
  response.once('close', () => disconnected.abort());
  try {
    const leave = await streams.enter(disconnected.signal);
    try {
      await streamNow(response, format, streams, source());
    } finally {
      leave();
    }
  } catch (error) {
    if (!disconnected.signal.aborted) throw error; // else the client has disconnected
  }
}

async function streamNow<Item>(
  response: Response,
  format: BulkFormat<Item>,
  streams: BulkStreams,
  source: AsyncGenerator<Item>,
): Promise<void> {
  // Read the first item before sending anything: if the database is not available, the response is
  // a proper 503.
  const first = await source.next();
  response.status(200).set('Content-Type', format.contentType).vary('Accept');
  const chunks = streams.paced(format.encode(prepend(first, source)), () => response.destroy());
  await pipeline(Readable.from(chunks, { objectMode: true, highWaterMark: 1 }), response);
}

async function* prepend<T>(first: IteratorResult<T, unknown>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
