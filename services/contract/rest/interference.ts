import { z } from 'zod';
import { SEARCH_STATUSES } from '../interference-values.ts';
import { bulkFormatDocs, bulkFormatShape, checkDecimal, pageDocs, pageShape } from './bulk-queries.ts';
import { bandDocs, bandParameter } from './frequency-range.ts';

const DEFAULT_BAND = 0;

/** Query of `/interference`. */
export const interferenceQuerySchema = z
  .object({ band: bandParameter.default(DEFAULT_BAND), ...bulkFormatShape, ...pageShape })
  .superRefine(checkDecimal);

/** The same query for the documentation. */
export const interferenceQueryDocs = z.object({
  band: bandDocs.default(DEFAULT_BAND),
  ...bulkFormatDocs,
  ...pageDocs,
});

const level = z.number().nullable();
const share = z.number().nullable();

/** Interference at each point. */
export const interferenceSchema = z.array(
  z
    .object({
      seq: z.int().meta({ description: 'Number of the point in its session' }),
      mean_dbm: level.meta({
        description:
          'Power of all channels of the band that the receiver does not distort; dBFS if not calibrated',
      }),
      mean_clean_dbm: level.meta({
        description:
          'The same without interference: the power of the other channels, scaled to all of them. null if all channels have interference',
      }),
      flagged_channels: share.meta({ description: 'Share of the channels with interference, 0 to 1' }),
      flagged_time: share.meta({
        description: 'Share of the time with interference, 0 to 1: the highest of its channels',
      }),
    })
    .meta({ id: 'Interference', description: 'null: the point has no spectrum' }),
);
export type Interference = z.infer<typeof interferenceSchema>[number];

/** A search for interference in one band of a session. */
export const interferenceSearchSchema = z
  .object({
    band: z.int().min(0).meta({ description: 'Index of the band, from 0' }),
    status: z.enum(SEARCH_STATUSES),
    version: z.int().nullable().meta({
      description: 'Version of the method; results of other versions are not comparable',
    }),
    points: z.int().min(0).meta({ description: 'Points with a result, the first ones of the session' }),
    problem: z.string().nullable().meta({ description: 'Why the search failed' }),
    requested_at: z.iso.datetime({ offset: true }),
    finished_at: z.iso.datetime({ offset: true }).nullable(),
  })
  .meta({ id: 'InterferenceSearch' });
export type InterferenceSearch = z.infer<typeof interferenceSearchSchema>;
