import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import type { z } from 'zod';
import { errorSchema, validationErrorSchema } from '#contract/rest/errors';

/** Error statuses with their descriptions. */
export type Errors = Partial<Record<number, string>>;

const UNAVAILABLE = 'Cannot connect to the database or to the responsible service';

const TAGS = [
  ['/api/rotors', 'Rotors'],
  ['/api/receivers', 'Receivers'],
  ['/api/skyscan', 'Sky Scan'],
] as const;

interface Parts {
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Status, schema, media type (default: JSON). */
  answer: [number, z.ZodType?, string?];
  /** The same response in other media types. */
  otherMediaTypes?: string[];
  errors?: Errors;
}

/** One operation; 422 is added if there is a body or query to validate. */
export function operation(
  method: RouteConfig['method'],
  path: string,
  summary: string,
  description: string,
  parts: Parts,
): RouteConfig {
  const { params, query, body, answer, otherMediaTypes = [], errors = {} } = parts;
  const [status, schema, mediaType] = answer;
  const responses: RouteConfig['responses'] = {
    [status]: {
      description: status === 201 ? 'Created; Location has the address' : 'Success',
      ...(schema && { content: { ...json(schema, mediaType), ...binary(otherMediaTypes) } }),
    },
  };
  // Everything except the health check needs the database or another service.
  const all: Errors = path.startsWith('/api/health') ? errors : { 503: UNAVAILABLE, ...errors };
  for (const [code, text] of Object.entries(all))
    responses[code] = { description: text ?? '', content: json(errorSchema) };
  if (body || query)
    responses[422] = { description: 'Validation failed', content: json(validationErrorSchema) };
  return {
    method,
    path,
    summary,
    ...(description && { description }),
    tags: [TAGS.find(([start]) => path.startsWith(start))?.[1] ?? 'Service'],
    request: {
      ...(params && { params }),
      ...(query && { query }),
      ...(body && { body: { required: true, content: json(body) } }),
    },
    responses,
  };
}

function binary(mediaTypes: string[]) {
  const schema = { type: 'string', format: 'binary' } as const;
  return Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema }]));
}

function json(schema: z.ZodType, mediaType = 'application/json') {
  return { [mediaType]: { schema } };
}
