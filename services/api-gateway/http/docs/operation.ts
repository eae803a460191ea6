import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { errorSchema, validationErrorSchema } from '#contract/rest/errors';
import { ROUTES, type Route, type RouteName } from '#contract/rest/routes';

/** Error statuses with their descriptions. */
export type Errors = Partial<Record<number, string>>;

export const NO_SESSION: Errors = { 404: 'Scan session not found' };
export const TOO_MANY_DOWNLOADS =
  'Too many downloads are running, see Retry-After; or cannot connect to the database';
/** Of bulk downloads, besides JSON. */
export const BULK_MEDIA_TYPES = ['text/csv', 'application/vnd.skyscan.columnar'];

const UNAVAILABLE = 'Cannot connect to the database or to the responsible service';

const TAGS = [
  ['/api/rotors', 'Rotors'],
  ['/api/receivers', 'Receivers'],
  ['/api/skyscan', 'Sky Scan'],
  ['/api/sites', 'Sites'],
  ['/api/schedules', 'Schedules'],
  ['/api/alert', 'Alerts'],
  ['/api/baselines', 'Baselines'],
  ['/api/sources', 'Sources'],
  ['/api/satellites', 'Known objects'],
  ['/api/emitters', 'Known objects'],
  ['/api/bearings', 'Bearings'],
] as const;

interface Parts {
  /** Default: 200, or 204 without a body. */
  status?: number;
  query?: z.ZodObject;
  /** The same response in other media types. */
  otherMediaTypes?: string[];
  errors?: Errors;
}

/** The documentation of a route; 422 is added if there is a body or query to validate. */
export function operation(
  route: RouteName,
  summary: string,
  description: string,
  parts: Parts = {},
): RouteConfig {
  const [method = '', path = ''] = route.split(' ');
  const { body, uploads, answer, mediaType }: Route = ROUTES[route];
  const { status = answer ? 200 : 204, query, otherMediaTypes = [], errors = {} } = parts;
  const params = pathParameters(path);
  const responses: RouteConfig['responses'] = {
    [status]: {
      description: status === 201 ? 'Created; Location has the address' : 'Success',
      ...(answer && { content: { ...json(answer, mediaType), ...binary(otherMediaTypes) } }),
    },
  };
  // Everything except the health check needs the database or another service.
  const all: Errors = path.startsWith('/api/health') ? errors : { 503: UNAVAILABLE, ...errors };
  for (const [code, text] of Object.entries(all))
    responses[code] = { description: text ?? '', content: json(errorSchema) };
  if (body || uploads || query)
    responses[422] = { description: 'Validation failed', content: json(validationErrorSchema) };
  return {
    method: method.toLowerCase() as RouteConfig['method'],
    path,
    summary,
    ...(description && { description }),
    tags: [TAGS.find(([start]) => path.startsWith(start))?.[1] ?? 'Service'],
    request: {
      ...(params && { params }),
      ...(query && { query }),
      ...(body && { body: { required: true, content: json(body) } }),
      ...(uploads && { body: { required: true, content: binary(uploads) } }),
    },
    responses,
  };
}

/** The parameters of a path; undefined if it has none. */
function pathParameters(path: string): z.ZodObject | undefined {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  if (names.length === 0) return undefined;
  const schemaOf = (name: string) => (name.endsWith('_id') ? z.int().min(1) : z.string());
  return z.object(Object.fromEntries(names.map((name) => [name, schemaOf(name)])));
}

function binary(mediaTypes: readonly string[]) {
  const schema = { type: 'string', format: 'binary' } as const;
  return Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema }]));
}

function json(schema: z.ZodType, mediaType = 'application/json') {
  return { [mediaType]: { schema } };
}
