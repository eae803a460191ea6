import { z } from 'zod';
import { MAX_ID } from '../ids.ts';
import { sessionStatusSchema } from '../mqtt-messages.ts';
import {
  MAX_INTEGER,
  bulkFormatDocs,
  bulkFormatShape,
  checkDecimal,
  pageDocs,
  pageShape,
} from './bulk-queries.ts';
import { checkWholeRange, rangeDocs, rangeShape } from './frequency-range.ts';
import { booleanParameter, count } from './query.ts';
import { siteIdParameter } from './sites.ts';

const MAX_SESSIONS = 500;

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

/** Whether levels are corrected for the drift of the receiver. */
export const correctedShape = { corrected: booleanParameter.optional() };

export const correctedDocs = {
  corrected: z.boolean().optional().meta({
    description:
      'Corrects the levels for the drift of the receiver: subtracts the change of the reference level since its first measurement, linear between the reference measurements and constant outside; measurements with the flag clipped or dc_offset are ignored. drift_db is the subtracted drift',
  }),
};

/** Query of `/measurements`. */
export const measurementQuerySchema = z
  .object({
    ...bulkFormatShape,
    ...pageShape,
    ...correctedShape,
    ...rangeShape,
  })
  .superRefine(checkDecimal)
  .superRefine(checkWholeRange);

/** The same query for the documentation. */
export const measurementQueryDocs = z.object({
  ...bulkFormatDocs,
  ...pageDocs,
  ...correctedDocs,
  ...rangeDocs,
});
