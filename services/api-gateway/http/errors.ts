import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { REASON_HEADER } from '#contract/http-headers';
import { SkyScanError, errorKind, errorMessage, type ErrorKind } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { hiddenReason } from '../clients/peer-errors.ts';
import { FieldError } from '../domain/field-error.ts';
import { hasBody } from './has-body.ts';

/** One problem of an invalid request. */
export interface Problem {
  loc: (string | number)[];
  msg: string;
  type: string;
}

/** An error response. */
export class HttpError extends Error {
  readonly status: number;
  readonly detail: string | Problem[];
  /** When a retry may succeed. */
  readonly retryAfterS: number | undefined;

  constructor(status: number, detail: string | Problem[], options?: ErrorOptions & { retryAfterS?: number }) {
    super(typeof detail === 'string' ? detail : 'invalid request', options);
    this.status = status;
    this.detail = detail;
    this.retryAfterS = options?.retryAfterS;
  }
}

const STATUS_OF_KIND: Record<ErrorKind, number> = {
  invalid: 400,
  out_of_range: 400,
  not_found: 404,
  wrong_state: 400,
  busy: 409,
  wrong_site: 503,
  unsupported: 400,
  unauthenticated: 401,
  timeout: 503,
  unavailable: 503,
  lease_lost: 409,
  hardware_fault: 503,
  no_room: 503,
  cancelled: 503,
  internal: 500,
};

/** Sends `{"detail": ...}`. */
export function sendError(response: Response, status: number, detail: string | Problem[]): void {
  if (status === 401) response.set('WWW-Authenticate', 'Bearer');
  closeAfter(response, status === 401 || status === 403);
  response.status(status).json({ detail });
}

/** Headers hold printable ASCII only. */
function headerText(text: string): string {
  return text.replace(/[^ -~]/g, '?');
}

const LINGER_MS = 1_000;
const RETRY_AFTER_S = '10';

/**
 * Closes the connection of a refused client, and of one that keeps sending its request after the
 * response.
 */
function closeAfter(response: Response, refused: boolean): void {
  const { req: request } = response;
  if (request.complete || !hasBody(request)) {
    if (refused) response.set('Connection', 'close');
    return;
  }
  const linger = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, LINGER_MS);
  linger.unref();
  request.once('end', () => clearTimeout(linger));
  request.once('close', () => clearTimeout(linger));
}

/** All problems that zod found, in the published form. */
function problemsOf(error: z.ZodError, where: 'body' | 'query'): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const loc = [where, ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))];
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ loc: [...loc, key], msg: 'Unknown field', type: 'extra_forbidden' }));
    if (issue.code === 'invalid_type' && issue.input === undefined)
      return [{ loc, msg: 'Field required', type: 'missing' }];
    return [{ loc, msg: issue.message, type: issue.code }];
  });
}

/** Parses the input; throws 422 with all problems. */
export function parseOr422<S extends z.ZodType>(
  schema: S,
  input: unknown,
  where: 'body' | 'query',
): z.infer<S> {
  const parsed = schema.safeParse(input, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new HttpError(422, problemsOf(parsed.error, where));
}

/** Final error handler: turns errors into responses. Only unexpected errors are logged. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      // Part of the response has been sent: breaking the connection is the only way to report the
      // error.
      next(error);
      return;
    }
    if (error instanceof HttpError) {
      if (error.retryAfterS !== undefined) response.set('Retry-After', String(error.retryAfterS));
      sendError(response, error.status, error.detail);
      return;
    }
    if (error instanceof FieldError) {
      const problem = { loc: ['body', ...error.path], msg: error.message, type: 'custom' };
      sendError(response, 422, [problem]);
      return;
    }
    if (error instanceof SkyScanError && error.kind !== 'internal') {
      const reason = hiddenReason(error);
      if (reason !== undefined) response.set(REASON_HEADER, headerText(reason));
      if (error.kind === 'no_room') response.set('Retry-After', RETRY_AFTER_S);
      sendError(response, STATUS_OF_KIND[errorKind(error)], errorMessage(error));
      return;
    }
    logger.error({ err: error, method: request.method, path: request.path }, 'unexpected error');
    sendError(response, 500, 'Internal Server Error');
  };
}

export const notFound: RequestHandler = (_request, response) => sendError(response, 404, 'Not Found');
