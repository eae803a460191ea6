import type { Request } from 'express';
import { HttpError } from './errors.ts';

/** The first of the formats that the client accepts. Throws 406 if it accepts none. */
export function acceptedFormat<Name extends string>(
  request: Request,
  mediaTypes: Readonly<Record<Name, string>>,
): Name {
  const entries = Object.entries(mediaTypes) as [Name, string][];
  const accepted = request.accepts(entries.map(([, mediaType]) => mediaType));
  const format = entries.find(([, mediaType]) => mediaType === accepted);
  if (format) return format[0];
  const available = entries.map(([, mediaType]) => mediaType).join(', ');
  throw new HttpError(406, `None of the accepted media types is available; available: ${available}`);
}
