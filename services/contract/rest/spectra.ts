import { z } from 'zod';
import { CHANNEL_FLAGS } from '#shared/spectrum/channels';
import { STATISTICS } from '#shared/spectrum/point-spectrum';
import { booleanParameter, count } from './query.ts';
import {
  MAX_INTEGER,
  bulkFormatDocs,
  bulkFormatShape,
  checkDecimal,
  pageDocs,
  pageShape,
} from './bulk-queries.ts';
import { unitSchema } from './sessions.ts';
import { bandDocs, bandParameter, rangeDocs, rangeShape, checkRange } from './frequency-range.ts';

const DEFAULT_BAND = 0;
const ROWS = { default: 512, max: 2_048 };
const COLUMNS = { default: 1_024, max: 2_048 };

/** Query of `/spectrum`. */
export const spectrumQuerySchema = z
  .object({
    seq: count(1, MAX_INTEGER).optional(),
    cell: count(0, MAX_INTEGER).optional(),
    band: bandParameter.default(DEFAULT_BAND),
    summary: booleanParameter.default(false),
  })
  .superRefine(({ seq, cell, summary }, context) => {
    const given = (seq === undefined ? 0 : 1) + (cell === undefined ? 0 : 1);
    if (summary && given > 0)
      context.addIssue({ code: 'custom', path: ['summary'], message: 'Must not be used with seq or cell' });
    else if (!summary && given !== 1)
      context.addIssue({
        code: 'custom',
        path: ['seq'],
        message: `One of seq and cell is required, or summary=true; ${given === 0 ? 'none of them is' : 'both of them are'} given`,
      });
  });

/** The same query for the documentation. */
export const spectrumQueryDocs = z.object({
  seq: z.int().min(1).optional().meta({ description: 'Number of the point in its session' }),
  cell: z.int().min(0).optional().meta({
    description:
      'Cell of the grid: row x columns of the widest row + column. One of seq and cell is required',
  }),
  band: bandDocs.default(DEFAULT_BAND),
  summary: z.boolean().default(false).meta({
    description: 'true: one spectrum for all points of the session, without seq and cell',
  }),
});

/** Query of `/band`. */
export const bandQuerySchema = z
  .object({
    ...rangeShape,
    from_hz: rangeShape.from_hz.unwrap(),
    to_hz: rangeShape.to_hz.unwrap(),
    ...bulkFormatShape,
    ...pageShape,
  })
  .superRefine(checkRange)
  .superRefine(checkDecimal);

/** The same query for the documentation. */
export const bandQueryDocs = z.object({
  ...rangeDocs,
  from_hz: rangeDocs.from_hz.unwrap(),
  to_hz: rangeDocs.to_hz.unwrap(),
  ...bulkFormatDocs,
  ...pageDocs,
});

/** Query of `/waterfall`. */
export const waterfallQuerySchema = z
  .object({
    ...rangeShape,
    rows: count(1, ROWS.max).default(ROWS.default),
    columns: count(1, COLUMNS.max).default(COLUMNS.default),
    ...pageShape,
  })
  .superRefine(checkRange);

/** The same query for the documentation. */
export const waterfallQueryDocs = z.object({
  ...rangeDocs,
  from_hz: rangeDocs.from_hz.meta({ description: 'Default: the start of the band' }),
  to_hz: rangeDocs.to_hz.meta({ description: 'Default: the end of the band' }),
  rows: z.int().min(1).max(ROWS.max).default(ROWS.default).meta({
    description: 'Maximum number of rows; more points share rows',
  }),
  columns: z.int().min(1).max(COLUMNS.max).default(COLUMNS.default).meta({
    description: 'Maximum number of columns; more channels share columns',
  }),
  ...pageDocs,
});

const bandIndex = z.int().min(0).meta({ description: 'Index of the band, from 0' });
const channelWidth = z.number().meta({ description: 'Width of a channel and distance of two, Hz' });
const firstChannel = z.number().meta({ description: 'Centre of the first channel, Hz' });
const channels = z.int().min(1).meta({ description: 'Number of channels' });
const transforms = z.int().min(0);
const bits = Object.entries(CHANNEL_FLAGS).map(([name, bit]) => `${bit} ${name}`);
const flags = z.array(z.int().min(0)).meta({
  description: `Per channel the sum of bits: ${bits.join(', ')}`,
});

/** One value per channel. */
function values(description: string) {
  return z
    .array(z.number().nullable())
    .nullable()
    .meta({ description: `${description}; null: not known at any channel` });
}

const channelFields = {
  band: bandIndex,
  unit: unitSchema,
  first_channel_hz: firstChannel,
  channel_hz: channelWidth,
  channels,
};

/** The spectrum of one point. */
export const spectrumSchema = z
  .object({
    seq: z.int(),
    cell: z.int(),
    ...channelFields,
    transforms: transforms.meta({ description: 'Fourier transforms of all reads' }),
    independent_transforms: z.number().meta({
      description: 'Number of transforms without overlap whose mean varies as much',
    }),
    floor_db: z.number().nullable().meta({ description: 'Level of a channel without signals' }),
    mean_db: values('Mean in linear power'),
    median_db: values('Median of the reads, corrected to the mean of noise'),
    min_db: values('Lowest power of a transform'),
    max_db: values('Highest power of a transform'),
    kurtosis: values('Spectral kurtosis, 1 for noise'),
    occupancy: values('Share of the reads above the floor by 5 dB, 0 to 1'),
    flags,
  })
  .meta({
    id: 'Spectrum',
    description: 'Values per channel in order of rising frequency; null: not known',
  });
export type Spectrum = z.infer<typeof spectrumSchema>;

/** All points of a session as one spectrum. */
export const spectrumSummarySchema = z
  .object({
    ...channelFields,
    points: z.int().meta({ description: 'Number of points with a spectrum' }),
    median_db: values('Median over the points of their mean'),
    max_db: values('Highest of all points'),
    floor_db: z.number().nullable().meta({ description: 'Median of the floors of the points' }),
    occupancy: values('Mean over the points'),
    flags: flags.meta({ description: 'Bits that a channel has at any point' }),
  })
  .meta({ id: 'SpectrumSummary' });
export type SpectrumSummary = z.infer<typeof spectrumSummarySchema>;

/** Answer of `/spectrum`; a summary has `points`. */
export const spectrumAnswerSchema = z.union([spectrumSchema, spectrumSummarySchema]);

const bandValue = z.number().nullable().optional();

/** The value of a frequency range at each point. */
export const bandSchema = z.array(
  z
    .object({
      seq: z.int().meta({ description: 'Number of the point in its session' }),
      level_db: bandValue.meta({ description: 'With mean, median, min and max' }),
      kurtosis: bandValue.meta({ description: 'With kurtosis' }),
      occupancy: bandValue.meta({ description: 'With occupancy' }),
    })
    .meta({ id: 'BandValue', description: 'One of the values, as the statistic requires; null: not known' }),
);
export type BandValue = z.infer<typeof bandSchema>[number];

/** Spectra in the order of measurement. */
export const waterfallSchema = z
  .object({
    band: bandIndex,
    unit: unitSchema,
    statistic: z.enum(STATISTICS),
    first_channel_hz: z.number().meta({ description: 'Centre of the first column, Hz' }),
    channel_hz: z.number().meta({ description: 'Width of a column, Hz; the last one may be narrower' }),
    channels: z.int().min(1).meta({ description: 'Number of columns' }),
    first_seq: z.int().meta({ description: 'seq of the first point' }),
    points_per_row: z.int().min(1).meta({ description: 'Points per row; the last row may have fewer' }),
    rows: z.array(z.array(z.number().nullable())).meta({
      description: 'One row per points_per_row points, one value per column; null: not known',
    }),
  })
  .meta({ id: 'Waterfall' });
export type Waterfall = z.infer<typeof waterfallSchema>;
