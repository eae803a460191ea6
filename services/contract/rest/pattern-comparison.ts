import { z } from 'zod';
import { PATTERN_FILE_FORMATS } from '#shared/pattern/pattern-file-formats';
import { MAX_ID } from '../ids.ts';
import { patternQueryDocs, patternQuerySchema, patternWarningSchema } from './patterns.ts';
import { choice, count } from './query.ts';

const SIDES = ['azimuth_before', 'azimuth_after', 'elevation_before', 'elevation_after'] as const;
type Sides<Name extends string> = `${Name}_${(typeof SIDES)[number]}`;

function ofSides<const Name extends string>(name: Name): Sides<Name>[] {
  return SIDES.map((side): Sides<Name> => `${name}_${side}`);
}

/** Figures of a comparison by unit, in the order of the answer. */
const FIGURES = {
  hpbw_azimuth: 'deg',
  hpbw_elevation: 'deg',
  front_to_back_opposite: 'dB',
  front_to_back_worst: 'dB',
  ...unitOf('deg', ofSides('first_null')),
  ...unitOf('dB', ofSides('side_lobe')),
  ...unitOf('deg', ofSides('side_lobe_angle')),
  directivity: 'dBi',
} as const;
export type ComparedFigure = keyof typeof FIGURES;
export const COMPARED_FIGURES = Object.entries(FIGURES) as [ComparedFigure, string][];

function unitOf<Name extends string, Unit extends string>(unit: Unit, names: Name[]): Record<Name, Unit> {
  return Object.fromEntries(names.map((name) => [name, unit])) as Record<Name, Unit>;
}

/** With another session. */
export const patternComparisonQuerySchema = patternQuerySchema.safeExtend({ with_session: count(1, MAX_ID) });

/** With a file. */
export const patternFileComparisonQuerySchema = patternQuerySchema.safeExtend({
  format: choice(PATTERN_FILE_FORMATS),
});

export const patternComparisonQueryDocs = patternQueryDocs.extend({
  with_session: z.int().min(1).max(MAX_ID).meta({
    description:
      'Id of the session with the second pattern; the other parameters apply to both, but for high_gain_session',
  }),
});

export const patternFileComparisonQueryDocs = patternQueryDocs.extend({
  format: z.enum(PATTERN_FILE_FORMATS).meta({
    description:
      'Of the body. msi: MSI Planet; nsma: NSMA WG16.99.050; nec: output of NEC-2 with RADIATION PATTERNS',
  }),
});

const named = z.object({ name: z.string() });
const figure = z
  .object({
    value: z.number(),
    sigma: z.number().nullable().meta({ description: 'Standard deviation; null: a file has none' }),
  })
  .nullable()
  .meta({ id: 'ComparedFigure', description: 'null: not known' });
const gain = z.number().nullable().meta({ description: 'Relative to the peak; null: not known' });
const cut = z
  .array(
    z
      .object({
        angle_deg: z.number(),
        first_db: gain,
        second_db: gain,
        difference_db: gain,
      })
      .meta({ id: 'ComparedPoint' }),
  )
  .meta({ description: 'Degrees from the axis of each beam' });

/** Two patterns side by side. */
export const patternComparisonSchema = z
  .object({
    first: named,
    second: named,
    figures: z.array(
      z.object({
        name: z.enum(COMPARED_FIGURES.map(([name]) => name) as [ComparedFigure, ...ComparedFigure[]]),
        unit: z.string(),
        first: figure,
        second: figure,
        difference: figure,
      }),
    ),
    cuts: z.object({ azimuth: cut, elevation: cut }),
    warnings: z.array(patternWarningSchema).meta({
      description: 'reflections: two sessions differ by more than their noise',
    }),
  })
  .meta({ id: 'PatternComparison', description: 'Differences are first minus second' });
export type PatternComparison = z.infer<typeof patternComparisonSchema>;
