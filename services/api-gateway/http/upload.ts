import type { Request, Response } from 'express';
import { errorKind, errorMessage } from '#shared/base/errors';
import { HttpError } from './errors.ts';
import { hasBody } from './has-body.ts';
import { untilClosed } from './until-closed.ts';

const MIB = 2 ** 20;

/**
 * Passes a body on as it arrives. Throws 413 as soon as it is too large, 415 if it is compressed,
 * 422 without a body or if the reader throws `invalid`.
 */
export async function readUpload<T>(
  request: Request,
  response: Response,
  maxBytes: number,
  read: (body: AsyncIterable<Buffer>, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new HttpError(415, 'Body must not be compressed');
  if (!hasBody(request)) throw refused('Body required');
  const signal = untilClosed(response);
  try {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes)
      throw new HttpError(413, `Body is larger than ${maxBytes / MIB} MiB`);
    return await read(request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>, signal);
  } catch (error) {
    // The rest is read for a moment, so that the client reads the response.
    request.resume();
    const kind = errorKind(error);
    if (kind === 'no_room') throw new HttpError(413, errorMessage(error), { cause: error });
    if (kind === 'invalid') throw refused(errorMessage(error));
    throw error;
  }
}

function refused(msg: string): HttpError {
  return new HttpError(422, [{ loc: ['body'], msg, type: 'value_error' }]);
}
