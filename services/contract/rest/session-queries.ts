import { z } from 'zod';
import { MAX_ID } from '../ids.ts';
import { sessionStatusSchema } from '../mqtt-messages.ts';
import { booleanParameter, count } from './query.ts';
import { siteIdParameter } from './sites.ts';

const MAX_INTEGER = 2_147_483_647;
const MAX_SESSIONS = 500;
const MAX_POINTS = 1_000_000;
const FORMATS = ['json', 'csv', 'columnar'] as const;
const SEPARATORS = ['comma', 'semicolon', 'tab'] as const;
const DECIMALS = ['point', 'comma'] as const;

/** Query of the list of sessions. */
export const sessionFilterSchema = z.object({
  status: sessionStatusSchema.optional(),
  rotor_id: count(1, MAX_ID).optional(),
  site_id: siteIdParameter.optional(),
  limit: count(1, MAX_SESSIONS).optional(),
  offset: count(0, MAX_INTEGER).optional(),
});

/** The same query for the documentation. */
export const sessionFilterDocs = z.object({
  status: sessionFilterSchema.shape.status,
  rotor_id: z.int().min(1).optional(),
  site_id: z.int().min(1).optional(),
  limit: z.int().min(1).max(MAX_SESSIONS).optional(),
  offset: z.int().min(0).optional(),
});

/** Query of `/measurements`. */
export const measurementQuerySchema = z
  .object({
    format: z.enum(FORMATS).optional(),
    after_seq: count(0, MAX_INTEGER).optional(),
    limit: count(1, MAX_POINTS).optional(),
    corrected: booleanParameter.optional(),
    separator: z.enum(SEPARATORS).default('comma'),
    decimal: z.enum(DECIMALS).default('point'),
  })
  .refine(({ separator, decimal }) => decimal === 'point' || separator !== 'comma', {
    error: 'A decimal comma needs separator=semicolon or separator=tab',
    path: ['decimal'],
  });

/** The same query for the documentation. */
export const measurementQueryDocs = z.object({
  format: z.enum(FORMATS).optional(),
  after_seq: z.int().min(0).optional().meta({ description: 'Only points with a larger seq' }),
  limit: z.int().min(1).max(MAX_POINTS).optional(),
  separator: z.enum(SEPARATORS).default('comma').meta({ description: 'CSV only' }),
  decimal: z
    .enum(DECIMALS)
    .default('point')
    .meta({ description: 'CSV only; `comma` needs another separator' }),
  corrected: z.boolean().optional().meta({
    description:
      'Corrects the levels for the drift of the receiver: subtracts the change of the reference level since its first measurement, linear between the reference measurements and constant outside; measurements with the flag clipped or dc_offset are ignored. drift_db is the subtracted drift',
  }),
});
