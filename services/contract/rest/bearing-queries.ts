import { z } from 'zod';
import { PLACE_FORMATS } from './bearings.ts';
import { choice, count } from './query.ts';
import { siteIdParameter } from './sites.ts';

const MAX_PLACES = 1_000;
const DEFAULT_PLACES = 200;

const format = choice(PLACE_FORMATS).optional();
const time = z.iso.datetime({ offset: true, error: 'Must be a time like 2026-02-14T02:00:00Z' }).optional();

/** Query of `POST /api/bearings/solve`. */
export const solveQuerySchema = z.object({ format });

/** Query of `GET /api/bearings/places`. */
export const placesQuerySchema = z
  .object({
    site_id: siteIdParameter.optional(),
    from: time,
    to: time,
    limit: count(1, MAX_PLACES).default(DEFAULT_PLACES),
    format,
  })
  .refine(({ from = '', to = '' }) => !(Date.parse(to) < Date.parse(from)), {
    path: ['to'],
    message: 'Must not be before from',
  });

const formatDocs = z
  .enum(PLACE_FORMATS)
  .optional()
  .meta({ description: 'Default: the first of them that `Accept` accepts' });

/** The same queries for the documentation. */
export const solveQueryDocs = z.object({ format: formatDocs });
export const placesQueryDocs = z.object({
  site_id: z.int().min(1).optional().meta({ description: 'Only places with a bearing of this site' }),
  from: time.meta({ description: 'Only places whose sources were seen at this time or later' }),
  to: time.meta({ description: 'Only places whose sources were seen at this time or before' }),
  limit: z.int().min(1).max(MAX_PLACES).default(DEFAULT_PLACES).meta({ description: 'The latest ones' }),
  format: formatDocs,
});
