import { z } from 'zod';
import { PALETTES, PROJECTIONS, THEMES } from '../map-options.ts';
import { count, booleanParameter } from './query.ts';

const SIZE = { min: 64, max: 4096, default: 800 };
const LEVEL = { min: -300, max: 300 };

const levelMessage = `Must be a level in ${LEVEL.min}..${LEVEL.max} dB`;
const level = z
  .string({ error: levelMessage })
  .regex(/^[+-]?\d{1,3}(\.\d{1,6})?$/, levelMessage)
  .transform(Number)
  .pipe(z.number().min(LEVEL.min, levelMessage).max(LEVEL.max, levelMessage));

function choice<const Choices extends readonly [string, ...string[]]>(choices: Choices) {
  return z.enum(choices, { error: `Must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}` });
}

/** Query of `map.png`; parameters are text. */
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
  })
  .refine(({ min, max }) => min === undefined || max === undefined || min < max, {
    path: ['max'],
    error: 'Must be greater than min',
  });

/** The same as the documentation shows it. */
export const mapQueryDocs = z.object({
  projection: z.enum(PROJECTIONS).default('polar').meta({
    description:
      'polar: the zenith in the middle, north up, east to the right. rectangular: azimuth by elevation',
  }),
  fit: z.boolean().default(false).meta({
    description:
      'true: the cells of the scan fill the picture. false: a polar map shows the whole sky. A rectangular map shows only the scan in either case',
  }),
  size: z.int().min(SIZE.min).max(SIZE.max).default(SIZE.default).meta({
    description: 'Width in pixels; below 240 without words',
  }),
  palette: z
    .enum(PALETTES)
    .default('viridis')
    .meta({ description: 'cividis looks the same to the colour-blind' }),
  min: z.number().optional().meta({
    description: 'Level of the first colour; else the 1st percentile of what is measured',
  }),
  max: z.number().optional().meta({ description: 'Level of the last colour; else the 99th percentile' }),
  theme: z.enum(THEMES).default('light'),
  corrected: z
    .boolean()
    .optional()
    .meta({ description: 'Without the drift of the receiver, as in measurements' }),
});
