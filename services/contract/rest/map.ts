import { z } from 'zod';
import { PALETTES, PROJECTIONS, THEMES } from '../map-options.ts';
import { checkWholeRange, rangeDocs, rangeShape } from './frequency-range.ts';
import { booleanParameter, choice, count } from './query.ts';

const SIZE = { min: 64, max: 4096, default: 800 };
const LEVEL = { min: -300, max: 300 };

const levelMessage = `Must be a level in ${LEVEL.min}..${LEVEL.max} dB`;
const level = z
  .string({ error: levelMessage })
  .regex(/^[+-]?\d{1,3}(\.\d{1,6})?$/, levelMessage)
  .transform(Number)
  .pipe(z.number().min(LEVEL.min, levelMessage).max(LEVEL.max, levelMessage));

/** Query of `map.png`. */
export const mapQuerySchema = z
  .object({
    projection: choice(PROJECTIONS).default('polar'),
    fit: booleanParameter.default(false),
    size: count(SIZE.min, SIZE.max).default(SIZE.default),
    palette: choice(PALETTES).default('viridis'),
    min: level.optional(),
    max: level.optional(),
    theme: choice(THEMES).default('light'),
    corrected: booleanParameter.optional(),
    ...rangeShape,
  })
  .refine(({ min, max }) => min === undefined || max === undefined || min < max, {
    path: ['max'],
    error: 'Must be greater than min',
  })
  .superRefine(checkWholeRange);

/** The same query for the documentation. */
export const mapQueryDocs = z.object({
  projection: z.enum(PROJECTIONS).default('polar').meta({
    description:
      'polar: zenith in the middle, north up, east to the right. rectangular: azimuth by elevation',
  }),
  fit: z.boolean().default(false).meta({
    description:
      'true: the map shows only the scan. false: a polar map shows the whole sky. A rectangular map always shows only the scan',
  }),
  size: z.int().min(SIZE.min).max(SIZE.max).default(SIZE.default).meta({
    description: 'Width in pixels; maps under 240 px have no labels',
  }),
  palette: z
    .enum(PALETTES)
    .default('viridis')
    .meta({ description: 'cividis looks the same to colour-blind people' }),
  min: z.number().optional().meta({
    description: 'Level of the first colour; default: the 1st percentile of the levels',
  }),
  max: z.number().optional().meta({ description: 'Level of the last colour; default: the 99th percentile' }),
  theme: z.enum(THEMES).default('light'),
  corrected: z
    .boolean()
    .optional()
    .meta({ description: 'Corrects the drift of the receiver, as in measurements' }),
  ...rangeDocs,
});
