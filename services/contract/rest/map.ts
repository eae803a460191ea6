import { z } from 'zod';
import { PALETTES, PROJECTIONS, THEMES } from '../map-options.ts';
import { count, trueOrFalse } from './query.ts';

const SIZE = { least: 64, most: 4096, usual: 800 };
const LEVEL = { least: -300, most: 300 };

const levelMessage = `Must be a level in ${LEVEL.least}..${LEVEL.most} dB`;
const level = z
  .string({ error: levelMessage })
  .regex(/^[+-]?\d{1,3}(\.\d{1,6})?$/, levelMessage)
  .transform(Number)
  .pipe(z.number().min(LEVEL.least, levelMessage).max(LEVEL.most, levelMessage));

function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: `Must be ${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}` });
}

/** Query of `map.png`; parameters are text. */
export const mapQuerySchema = z
  .object({
    projection: word(PROJECTIONS).default('polar'),
    fit: trueOrFalse.default(false),
    size: count(SIZE.least, SIZE.most).default(SIZE.usual),
    palette: word(PALETTES).default('viridis'),
    min: level.optional(),
    max: level.optional(),
    theme: word(THEMES).default('light'),
    corrected: trueOrFalse.optional(),
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
  size: z.int().min(SIZE.least).max(SIZE.most).default(SIZE.usual).meta({
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
