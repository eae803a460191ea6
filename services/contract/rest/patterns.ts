import { z } from 'zod';
import { MAX_ID } from '../ids.ts';
import { THEMES } from '../map-options.ts';
import { beamTableSchema } from './beam-tables.ts';
import { checkWholeRange, rangeDocs, rangeShape } from './frequency-range.ts';
import { patternMaskParameter } from './pattern-mask.ts';
import { booleanParameter, choice, count, decimal } from './query.ts';

/** Files with a pattern, by the end of their address. */
export const PATTERN_FILES = ['msi', 'nsma', 'csv', 'splat.az', 'splat.el'] as const;
export type PatternFile = (typeof PATTERN_FILES)[number];

/** Why a figure is limited (docs/patterns.md). */
export const PATTERN_WARNINGS = [
  'background_unknown',
  'clipped',
  'coverage',
  'near_field',
  'not_covered',
  'overlap',
  'reflections',
  'source_width',
  'step',
  'total_power',
] as const;

const SOURCES = ['sun', 'moon'] as const;
const POLARIZATIONS = ['h', 'v'] as const;
const SIZE = { min: 240, max: 4096, default: 1000 };

const nameMessage = 'Must have 1 to 200 characters';
const name = z.string({ error: nameMessage }).min(1, nameMessage).max(200, nameMessage);

const { statistic: _statistic, ...channels } = rangeShape;
const { statistic: _statisticDocs, ...channelDocs } = rangeDocs;

const shape = {
  source: choice(SOURCES).optional(),
  satellite: name.optional(),
  emitter: name.optional(),
  azimuth: decimal(-360, 360, 'deg').optional(),
  elevation: decimal(-10, 90, 'deg').optional(),
  ...channels,
  corrected: booleanParameter.optional(),
  background_db: decimal(-300, 300, 'dB').optional(),
  neighbours: booleanParameter.optional(),
  source_width_deg: decimal(0, 10, 'deg').optional(),
  diameter_m: decimal(0.01, 1_000, 'm').optional(),
  distance_m: decimal(0.1, 1e9, 'm').optional(),
  flux_sfu: decimal(0.1, 1e7, 'sfu').optional(),
  flux_sigma_sfu: decimal(0, 1e7, 'sfu').optional(),
  gain_dbi: decimal(-50, 100, 'dBi').optional(),
  mask: patternMaskParameter.optional(),
  high_gain_session: count(1, MAX_ID).optional(),
};

/** Of all answers: the source, its channels and what is known of the antenna. */
export const patternQuerySchema = z
  .object({ ...shape, map: booleanParameter.optional(), table: booleanParameter.optional() })
  .superRefine(checkPattern);
export type PatternQuery = z.output<typeof patternQuerySchema>;
/** All that decides what a pattern is. */
export const PATTERN_PARAMETERS = Object.keys(patternQuerySchema.shape) as (keyof PatternQuery)[];

/** Of files. */
export const patternFileQuerySchema = z
  .object({
    ...shape,
    fill_db: decimal(-200, 0, 'dB').optional(),
    polarization: choice(POLARIZATIONS).default('v'),
  })
  .superRefine(checkPattern);

/** Of the picture. */
export const patternImageQuerySchema = z
  .object({
    ...shape,
    size: count(SIZE.min, SIZE.max).default(SIZE.default),
    theme: choice(THEMES).default('light'),
    span_db: decimal(5, 120, 'dB').optional(),
  })
  .superRefine(checkPattern);

function checkPattern(query: z.output<z.ZodObject<typeof shape>>, context: z.RefinementCtx): void {
  const issue = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  const { source, satellite, emitter, azimuth, elevation } = query;
  if ((azimuth === undefined) !== (elevation === undefined))
    issue(azimuth === undefined ? 'azimuth' : 'elevation', 'azimuth and elevation must be given together');
  if (query.flux_sfu !== undefined && (source ?? satellite ?? emitter ?? azimuth ?? 'sun') !== 'sun')
    issue('flux_sfu', 'Is the flux of the Sun: it needs source=sun');
  if (query.flux_sigma_sfu !== undefined && query.flux_sfu === undefined)
    issue('flux_sigma_sfu', 'Is the standard deviation of flux_sfu, which is not given');
  const given = [source, satellite, emitter, azimuth ?? elevation].filter((each) => each !== undefined);
  if (given.length > 1)
    issue(
      'source',
      'At most one may be given: source=sun or moon, satellite, emitter, or azimuth and elevation of the source',
    );
  checkWholeRange({ ...query, statistic: undefined }, context);
}

const docs = {
  source: z.enum(SOURCES).optional().meta({
    description:
      'What the scan was over, tracked at the time of each point. Default: the frame of the session',
  }),
  satellite: z.string().optional().meta({ description: 'Name or catalogue number in the orbital elements' }),
  emitter: z.string().optional().meta({ description: 'Name in the list of emitters' }),
  azimuth: z.number().optional().meta({ description: 'Of a source at a fixed direction, deg' }),
  elevation: z.number().optional(),
  ...channelDocs,
  corrected: z.boolean().optional().meta({
    description:
      'Corrects the drift of the receiver. Default: true if the session has reference measurements',
  }),
  background_db: z.number().optional().meta({
    description:
      'Level without the source, in the unit of the levels. Default: the level far from the beam, if it is constant',
  }),
  neighbours: z.boolean().optional().meta({
    description:
      'The background of each point is that of neighbouring channels. Default: true with from_hz, for a source without a disc, and at one gain, if there are 4 on each side',
  }),
  source_width_deg: z.number().optional().meta({
    description: 'Diameter of the source. Default: 0.53 deg for Sun and Moon, else 0',
  }),
  diameter_m: z.number().optional().meta({
    description: 'Of the antenna, for the envelope of ITU-R F.699-7 and the far field',
  }),
  distance_m: z.number().optional().meta({ description: 'To the source, for the far field' }),
  flux_sfu: z.number().optional().meta({
    description:
      'Of the Sun at the frequency of the scan, both polarizations: gives Y factor, G/T and system temperature',
  }),
  flux_sigma_sfu: z.number().optional().meta({
    description: 'Standard deviation of flux_sfu: part of those of G/T and system temperature. Default: 0',
  }),
  gain_dbi: z.number().optional().meta({
    description:
      'Of the antenna, for the system temperature. Default: the directivity, or that of a dish of diameter_m',
  }),
  mask: z.string().optional().meta({
    description:
      'Highest gains relative to the peak, dB, by angles from the axis: angle:gain,angle:gain, ... Linear in between; after the last angle constant',
    example: '5:-12,20:-25,90:-35',
  }),
  high_gain_session: z.int().min(1).max(MAX_ID).optional().meta({
    description:
      'Session of the same rotor, source and frequency with a higher gain of the receiver, whose peak is clipped: levels far below the peak are from it',
  }),
};

export const patternQueryDocs = z.object({
  ...docs,
  map: z.boolean().optional().meta({ description: 'Adds `map`. Default: false' }),
  table: z.boolean().optional().meta({ description: 'Adds `table`. Default: false' }),
});
export const patternFileQueryDocs = z.object({
  ...docs,
  fill_db: z.number().optional().meta({
    description:
      'Gain relative to the peak at angles that were not measured; without it, MSI, NSMA and SPLAT files need complete cuts',
  }),
  polarization: z.enum(POLARIZATIONS).default('v').meta({ description: 'Of the source, for NSMA' }),
});
export const patternImageQueryDocs = z.object({
  ...docs,
  size: z.int().min(SIZE.min).max(SIZE.max).default(SIZE.default).meta({ description: 'Width in pixels' }),
  theme: z.enum(THEMES).default('light'),
  span_db: z
    .number()
    .optional()
    .meta({ description: 'Range of the axis below the peak. Default: automatic' }),
});

export const patternFigureSchema = z
  .object({ value: z.number(), sigma: z.number().meta({ description: 'Standard deviation' }) })
  .meta({ id: 'PatternFigure' });
const figure = patternFigureSchema;
const optionalFigure = figure.nullable().meta({ description: 'null: not measured' });
const extreme = z
  .object({ level_db: figure, angle_deg: figure })
  .nullable()
  .meta({ id: 'PatternExtreme', description: 'Relative to the peak of the beam. null: not found' });
const sides = z.object({ before: extreme, after: extreme }).meta({
  id: 'PatternSides',
  description: 'before: to the left or below; after: to the right or above',
});
const cut = z
  .array(
    z
      .object({ angle_deg: z.number(), gain_db: z.number(), sigma_db: z.number() })
      .meta({ id: 'PatternPoint' }),
  )
  .meta({ description: 'Along a great circle through the beam; only what was measured' });

const row = z.array(z.number().nullable());
const map = z
  .object({
    reach_deg: z.number().meta({ description: 'Angle from the beam axis to each edge' }),
    gain_db: z.array(row).meta({ description: 'Relative to the peak; null: not measured' }),
    sigma_db: z.array(row).meta({
      description: 'Standard deviation; 4.34 dB: below the noise, the gain is one sigma of it',
    }),
  })
  .meta({
    id: 'PatternMap',
    description:
      'With map=true: the pattern in a square around the beam axis. The distance from the middle is the angle from the axis ' +
      '(zenithal equidistant). Rows from below to above, in each from left to right; the axis is in the middle',
  });
export const patternWarningSchema = z.object({ code: z.enum(PATTERN_WARNINGS), message: z.string() });

/** The pattern of an antenna from a scan over a source. */
export const patternSchema = z
  .object({
    session_id: z.int(),
    source: z.string().meta({ description: 'Name of the source' }),
    points: z.int(),
    frequency_hz: z.number(),
    hpbw_deg: z
      .object({
        azimuth: optionalFigure,
        elevation: optionalFigure,
        major: optionalFigure,
        minor: optionalFigure,
      })
      .meta({ description: 'Half-power beam widths, along great circles; without the width of the source' }),
    ellipticity: optionalFigure,
    orientation_deg: optionalFigure.meta({
      description: 'Of the major axis, from right to up. null: not measured, or the beam is round',
    }),
    first_null_deg: z.object({ azimuth: sides, elevation: sides }),
    side_lobe_db: z.object({ azimuth: sides, elevation: sides }),
    front_to_back_db: z.object({
      opposite: optionalFigure,
      worst: optionalFigure.meta({ description: 'Within 30 degrees of the opposite direction' }),
    }),
    squint_deg: z
      .object({ azimuth: figure, elevation: figure })
      .meta({ description: 'Where the beam points relative to the readback of the mount: right, up' }),
    directivity_dbi: z.object({ value: z.number(), sigma: z.number(), is_upper_bound: z.boolean() }),
    beam_solid_angle_sr: z.object({ value: z.number(), sigma: z.number(), is_lower_bound: z.boolean() }),
    coverage: z.number().meta({ description: 'Share of the sphere that was measured, 0 to 1' }),
    background_db: z.number().nullable().meta({ description: 'Subtracted; null: none' }),
    is_background_of_channels: z.boolean().meta({
      description:
        'The background of each point was measured in neighbouring channels; background_db is its median',
    }),
    envelope: z
      .object({
        excess_db: figure,
        angle_deg: z.number(),
        exceeded: z.number(),
        gain_dbi: z.number(),
      })
      .nullable()
      .meta({
        id: 'PatternEnvelope',
        description:
          'Both cuts relative to ITU-R F.699-7; exceeded: share of the angles. null: no diameter_m',
      }),
    mask: z
      .object({ excess_db: figure, angle_deg: z.number(), exceeded: z.number() })
      .nullable()
      .meta({ id: 'PatternMask', description: 'Both cuts relative to the mask. null: no mask' }),
    y_factor: figure.nullable().meta({
      description: 'Power on the Sun over that of the sky beside it. null: no flux_sfu, or no background',
    }),
    g_over_t_db: figure
      .nullable()
      .meta({ description: 'dB(1/K); sigma with that of the flux if flux_sigma_sfu is given' }),
    system_temperature_k: figure
      .nullable()
      .meta({ description: 'On the sky beside the Sun. null: also if the gain is not known' }),
    gain_join: z
      .object({
        session_id: z.int().meta({ description: 'With the higher gain' }),
        factor_db: figure,
        offset: figure.meta({ description: 'Linear: mW, or relative to full scale' }),
        overlap_db: z.number().meta({ description: 'Range of levels that are valid at both gains' }),
        matched_points: z.int().meta({ description: 'Points that were compared' }),
        low_gain_points: z.int().meta({ description: 'Of the pattern' }),
        high_gain_points: z.int(),
      })
      .nullable()
      .meta({
        id: 'PatternGainJoin',
        description:
          'How the levels of high_gain_session became those of this session: low = factor * high + offset in linear power. null: one gain',
      }),
    warnings: z.array(patternWarningSchema),
    cuts: z.object({ azimuth: cut, elevation: cut }),
    map: map.optional(),
    table: beamTableSchema.optional().meta({
      description: 'With table=true. Absent: also if the scan was along the principal planes only',
    }),
  })
  .meta({ id: 'AntennaPattern' });
export type AntennaPattern = z.infer<typeof patternSchema>;
