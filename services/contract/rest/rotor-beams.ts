import { z } from 'zod';
import { MAX_ID } from '../ids.ts';
import { hertzParameter } from './frequency-range.ts';
import { PATTERN_WARNINGS, patternFigureSchema, patternQueryDocs } from './patterns.ts';

/** Body of PUT: the session, and what the pattern is asked with. */
export const rotorBeamRequestSchema = patternQueryDocs
  .omit({ table: true })
  .extend({ session_id: z.int().min(1).max(MAX_ID).meta({ description: 'The scan over a source' }) })
  .strict()
  .meta({ id: 'RotorBeamRequest' });

/** Query of GET. */
export const rotorBeamQuerySchema = z.object({ frequency_hz: hertzParameter.optional() });
export const rotorBeamQueryDocs = z.object({
  frequency_hz: z.number().gt(0).optional().meta({
    description:
      'Widths and angles at this frequency, in proportion to the wavelength. Beyond a factor of 1.5 without side lobes. Default: that of the measurement',
  }),
});

/** The measured beam of a rotor. */
export const rotorBeamSchema = z
  .object({
    rotor_id: z.int(),
    session_id: z.int().meta({ description: 'The scan that measured it, which may be deleted meanwhile' }),
    source: z.string(),
    frequency_hz: z.number().meta({ description: 'Of the measurement' }),
    at_hz: z.number().meta({
      description: 'For which widths and side lobes are: `frequency_hz`, or that of the query',
    }),
    measured_at: z.string().nullable().meta({ description: 'Start of the scan, UTC with Z' }),
    stored_at: z.string().meta({ description: 'UTC with Z' }),
    beam_width_deg: patternFigureSchema.meta({
      description: 'beam_width_deg of the rotor: the geometric mean of both axes',
    }),
    typed_beam_width_deg: z.number().nullable().meta({
      description: 'beam_width_deg of the rotor before; restored when the beam is deleted',
    }),
    hpbw_deg: z.object({ azimuth: patternFigureSchema, elevation: patternFigureSchema }),
    side_lobes: z.array(
      z.object({
        plane: z.enum(['azimuth', 'elevation']),
        side: z.enum(['before', 'after']).meta({
          description: 'before: to the left or below; after: to the right or above',
        }),
        angle_deg: patternFigureSchema,
        level_db: patternFigureSchema,
      }),
    ),
    warnings: z
      .array(z.object({ code: z.enum([...PATTERN_WARNINGS, 'frequency']), message: z.string() }))
      .meta({ description: 'Of the pattern; frequency: widths are those of another frequency' }),
  })
  .meta({ id: 'RotorBeam' });
export type RotorBeam = z.infer<typeof rotorBeamSchema>;
