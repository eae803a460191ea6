import { z } from 'zod';
import { MAX_ADDED_POINTS } from '#shared/sky/grid-shape';
import { integerWithin, within, withUnit } from './fields.ts';

const WEEK_S = 604_800;

/** `refine` in the body of a scan. */
export const refineSchema = z
  .strictObject({
    threshold: within(2, 20, 'sigma')
      .meta({ 'x-label': 'Threshold', description: 'Height of a detection in units of the noise' })
      .default(3.5),
    step_deg: within(0.01, 360, 'deg').meta({ 'x-label': 'Fine step' }).nullable().optional().meta({
      description: 'Step of the added points; null: a third of the beam width of the rotor',
    }),
    max_points: withUnit(integerWithin(1, MAX_ADDED_POINTS), 'points')
      .meta({ 'x-label': 'Added at most' })
      .nullable()
      .optional()
      .meta({
        description: 'The strongest detections come first; null: 1000, unless time_budget_s is set',
      }),
    time_budget_s: within(1, WEEK_S, 's').meta({ 'x-label': 'Time budget' }).nullable().optional().meta({
      description: 'Planned time of the added points; instead of max_points',
    }),
  })
  .superRefine(({ max_points, time_budget_s }, context) => {
    if (typeof max_points !== 'number' || typeof time_budget_s !== 'number') return;
    const message = 'Must not be set together with max_points';
    context.addIssue({ code: 'custom', path: ['time_budget_s'], message });
  })
  .meta({
    id: 'Refinement',
    description:
      'When the grid is measured, points are added around its detections: discs with a radius of 1.2 beam widths inside the area of the grid. ' +
      'total_points grows then, and notes reports it. step_deg of the grid must be at most the beam width; 0.7 beam widths is a good choice',
  });

/** How the grid of a session is refined, as in `/plan`. */
export const sessionRefinementSchema = z
  .object({
    threshold: z.number(),
    step_deg: z.number().meta({ description: 'Distance of the added points' }),
    max_points: z.int().nullable(),
    time_budget_s: z.number().nullable(),
    added_points: z.int().nullable().meta({
      description: 'Number of points after those of the grid; null: not decided yet',
    }),
  })
  .meta({ id: 'SessionRefinement' });

/** What a refinement can add; the lower ends are the grid alone. */
export const refineRangeSchema = z
  .object({
    points_min: z.int(),
    points_max: z.int(),
    duration_s_min: z.number(),
    duration_s_max: z.number(),
  })
  .meta({ id: 'RefinementRange', description: 'Points and duration of the whole scan; only with refine' });
export type RefineRange = z.infer<typeof refineRangeSchema>;
