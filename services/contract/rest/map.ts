import { z } from 'zod';
import { PALETTES, PROJECTIONS, THEMES } from '../map-options.ts';
import { INTERFERENCE_VALUES } from '../interference-values.ts';
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

/** Parameters of every picture of a map; refine with `checkLevels`. */
export const imageShape = {
  projection: choice(PROJECTIONS).default('polar'),
  fit: booleanParameter.default(false),
  size: count(SIZE.min, SIZE.max).default(SIZE.default),
  palette: choice(PALETTES).default('viridis'),
  min: level.optional(),
  max: level.optional(),
  theme: choice(THEMES).default('light'),
};
/** How a picture is drawn. */
export type ImageQuery = z.output<z.ZodObject<typeof imageShape>>;

export function checkLevels(
  { min, max }: { min?: number | undefined; max?: number | undefined },
  context: z.RefinementCtx,
): void {
  if (min === undefined || max === undefined || min < max) return;
  context.addIssue({ code: 'custom', path: ['max'], message: 'Must be greater than min' });
}

/** Query of `map.png`. */
export const mapQuerySchema = z
  .object({
    ...imageShape,
    corrected: booleanParameter.optional(),
    ...rangeShape,
    interference: choice(INTERFERENCE_VALUES).optional(),
  })
  .superRefine(checkLevels)
  .superRefine(({ interference, ...query }, context) => {
    if (interference === undefined) checkWholeRange(query, context);
    else
      for (const name of ['from_hz', 'to_hz', 'statistic'] as const)
        if (query[name] !== undefined)
          context.addIssue({ code: 'custom', path: [name], message: 'Must not be used with interference' });
  });

/** The same parameters for the documentation. */
export const imageDocs = {
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
};

/** The same query for the documentation. */
export const mapQueryDocs = z.object({
  ...imageDocs,
  corrected: z
    .boolean()
    .optional()
    .meta({ description: 'Corrects the drift of the receiver, as in measurements' }),
  ...rangeDocs,
  interference: z.enum(INTERFERENCE_VALUES).optional().meta({
    description:
      'Draws what the search for interference found in a whole band (band, default 0), as in /interference',
  }),
});
