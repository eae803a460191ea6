import { z } from 'zod';
import { ANOMALY_KINDS, COMPARISON_MAP_VALUES } from '../anomaly-values.ts';
import { SEARCH_STATUSES } from '../interference-values.ts';
import { MAX_ID } from '../ids.ts';
import { comparedBandDocs, comparedBandParameter } from './baselines.ts';
import { bulkFormatDocs, bulkFormatShape, checkDecimal } from './bulk-queries.ts';
import { candidateSchema } from './candidates.ts';
import { integerWithin } from './fields.ts';
import { checkLevels, imageDocs, imageShape } from './map.ts';
import { choice, count } from './query.ts';

const time = z.string().meta({ description: 'UTC with Z' });
const direction = z.object({
  azimuth: z.number().meta({ 'x-unit': 'deg' }),
  elevation: z.number().meta({ 'x-unit': 'deg' }),
});

/** Body of POST `.../anomalies`. */
export const comparisonRequestSchema = z
  .strictObject({ baseline_id: integerWithin(1, MAX_ID) })
  .meta({ id: 'ComparisonRequest' });

/** The comparison of a session with a baseline. */
export const comparisonSchema = z
  .object({
    session_id: z.int(),
    baseline_id: z.int(),
    status: z.enum(SEARCH_STATUSES),
    problem: z.string().nullable().meta({ description: 'Why it failed' }),
    version: z.int().nullable().meta({ description: 'Of the method' }),
    bin: z.string().nullable().meta({ description: 'Sessions it was compared with: as in the baseline' }),
    sessions: z.int().nullable().meta({ description: 'Their number' }),
    offset_db: z.number().nullable().meta({ description: 'Removed from the whole map' }),
    noise_scale: z.number().nullable().meta({
      description: 'Scatter of z over the map before it was scaled to 1',
    }),
    anomalies: z.int().nullable(),
    requested_at: time,
    finished_at: time.nullable(),
  })
  .meta({ id: 'Comparison' });
export type Comparison = z.infer<typeof comparisonSchema>;

/** A source in the difference between a session and a baseline. */
export const anomalySchema = z
  .object({
    id: z.int(),
    session_id: z.int(),
    baseline_id: z.int(),
    number: z.int().meta({ description: 'From 1, the largest |z| first' }),
    kind: z.enum(ANOMALY_KINDS).meta({
      description:
        'new, gone: a source without a counterpart. brighter, fainter: by more than 1 dB. moved: from `from`',
    }),
    ...direction.shape,
    azimuth_error_deg: z.number(),
    elevation_error_deg: z.number(),
    z: z.number().meta({ description: 'Of the matched filter; negative: less power than usual' }),
    change_db: z.number().meta({
      description: 'new, gone: of the level at the place. Others: of the power of the source without the sky',
    }),
    change_error_db: z.number().nullable(),
    from: direction.nullable().meta({ description: 'moved: where it usually is' }),
    channels: z.array(z.object({ from_hz: z.number(), to_hz: z.number() })),
    bandwidth_hz: z.number(),
    first_seen: time,
    last_seen: time,
    catalogue_id: z.int().nullable().meta({ description: 'Its entry in /api/sources' }),
    name: z.string().nullable().meta({
      description: 'Of the entry, or of the candidate with a posterior above 0.9',
    }),
    is_known: z.boolean().meta({
      description: 'A user has marked the entry as known, or it is an identified object',
    }),
    candidates: z.array(candidateSchema),
  })
  .meta({ id: 'Anomaly' });
export type Anomaly = z.infer<typeof anomalySchema>;

/** A cell in a comparison. */
export const comparisonCellSchema = z
  .object({
    cell: z.int().min(0).meta({ description: 'As in the baseline' }),
    azimuth: z.number().meta({ 'x-unit': 'deg' }),
    elevation: z.number().meta({ 'x-unit': 'deg' }),
    level: z.number().nullable().meta({
      description: 'Of the session without its offset and drift, dBm, or dBFS if not calibrated',
    }),
    usual: z.number().nullable().meta({ description: 'Of the baseline' }),
    change_db: z.number().nullable(),
    z: z.number().nullable().meta({ description: 'Change in standard deviations' }),
  })
  .meta({ id: 'ComparisonCell', description: 'null: not known' });

const baseline = count(1, MAX_ID).optional();
const baselineDocs = z
  .int()
  .min(1)
  .optional()
  .meta({ description: 'Id; default: the baseline of the schedule of the session' });

/** Query of `.../anomalies`. */
export const anomaliesQuerySchema = z.object({
  baseline,
  format: choice(['json', 'csv', 'geojson']).optional(),
});
/** The same query for the documentation. */
export const anomaliesQueryDocs = z.object({
  baseline: baselineDocs,
  format: z.enum(['json', 'csv', 'geojson']).optional(),
});

/** Query of `.../anomalies/map`. */
export const comparisonMapQuerySchema = z
  .object({ baseline, band: comparedBandParameter, ...bulkFormatShape })
  .superRefine(checkDecimal);
/** The same query for the documentation. */
export const comparisonMapQueryDocs = z.object({
  baseline: baselineDocs,
  band: comparedBandDocs,
  ...bulkFormatDocs,
});

/** Query of `.../anomalies/map.png`. */
export const comparisonImageQuerySchema = z
  .object({
    baseline,
    value: choice(COMPARISON_MAP_VALUES).default('z'),
    band: comparedBandParameter,
    ...imageShape,
  })
  .superRefine(checkLevels);
/** The same query for the documentation. */
export const comparisonImageQueryDocs = z.object({
  baseline: baselineDocs,
  value: z.enum(COMPARISON_MAP_VALUES).default('z').meta({
    description:
      'z and change_db: blue is less, red is more than usual; cells within 2 standard deviations are neutral. `palette` is that of levels',
  }),
  band: comparedBandDocs,
  ...imageDocs,
});
