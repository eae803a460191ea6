import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { HttpError, type Problem } from './errors.ts';
import { hasBody } from './has-body.ts';

const MALFORMED: Problem = { loc: ['body'], msg: 'Body is not valid JSON', type: 'json_invalid' };

/** Reads a JSON body of at most 16 kB. */
export const jsonBody = jsonBodyOf(16);

/**
 * Reads a JSON body of at most this size. Refuses other content types; the schema decides about an
 * empty body.
 */
export function jsonBodyOf(maxKb: number): RequestHandler {
  const readJson: RequestHandler = express.json({
    limit: `${maxKb}kb`,
    strict: false,
    inflate: false,
    type: 'application/json',
  });
  return (request, response, next) => {
    if (!hasBody(request)) {
      next();
      return;
    }
    if (!request.is('application/json')) {
      next(new HttpError(415, 'Content-Type must be application/json'));
      return;
    }
    readJson(request, response, next);
  };
}

interface BodyParserError extends Error {
  type: string;
  status: number;
  /** Of a body that is too large, bytes. */
  limit?: number;
}

/** Translates errors of the body parser into the published form. */
export const bodyErrors: ErrorRequestHandler = (error: unknown, _request, _response, next) => {
  next(isBodyParserError(error) ? translate(error) : error);
};

function isBodyParserError(error: unknown): error is BodyParserError {
  return (
    error instanceof Error &&
    typeof (error as Partial<BodyParserError>).type === 'string' &&
    'status' in error
  );
}

function translate(error: BodyParserError): HttpError {
  switch (error.type) {
    case 'entity.too.large':
      return new HttpError(413, `Body is larger than ${(error.limit ?? 0) / 1024} kB`);
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new HttpError(415, 'Body must be plain UTF-8 JSON');
    case 'entity.parse.failed':
      return new HttpError(422, [MALFORMED]);
    default:
      return new HttpError(
        error.status >= 400 && error.status < 500 ? error.status : 400,
        'Body cannot be read',
      );
  }
}
