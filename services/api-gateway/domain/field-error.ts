import { SkyScanError } from '#shared/base/errors';

/** A field of a request that is refused, and why; the HTTP status is 422. */
export class FieldError extends SkyScanError {
  readonly path: string[];

  constructor(path: string[], message: string, options?: ErrorOptions) {
    super('invalid', message, options);
    this.path = path;
  }
}
