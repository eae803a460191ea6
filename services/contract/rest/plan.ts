import { z } from 'zod';
import { GRID_KINDS } from '#shared/sky/grid-shape';
import { SCAN_MODES } from '../scan-modes.ts';
import { bandPlanSchema } from './bands.ts';
import { pointingModelOfSessionSchema } from './pointing.ts';
import { booleanParameter } from './query.ts';
import { frameSchema } from './frames.ts';
import { sessionRefinementSchema } from './refine.ts';

/** Query of `/plan`. */
export const planQuerySchema = z.object({ path: booleanParameter.default(true) });

/** The same query for the documentation. */
export const planQueryDocs = z.object({
  path: z
    .boolean()
    .default(true)
    .meta({ description: 'false: omits the path, which takes the longest to compute' }),
});

/** The grid of a session, how it is measured, and its current state. */
export const planSchema = z
  .object({
    session_id: z.int(),
    site_id: z.int(),
    rotor_name: z
      .string()
      .meta({ description: 'At the creation of the session, like all fields of the plan' }),
    grid: z.enum(GRID_KINDS),
    scan_mode: z.enum(SCAN_MODES),
    rows: z.int(),
    columns: z.int().meta({ description: 'Of the widest row' }),
    columns_in_row: z.array(z.int()).meta({ description: 'From the lowest row upwards' }),
    total_points: z.int().meta({ description: 'Of the grid and its refinement' }),
    frame: z
      .object({ source: frameSchema.shape.source, name: z.string() })
      .nullable()
      .meta({ description: 'The grid consists of offsets from this source; null: of directions' }),
    refine: sessionRefinementSchema
      .nullable()
      .meta({ description: 'Points are added to the grid; null: not refined' }),
    path: z.array(z.tuple([z.number(), z.number()])).meta({
      description:
        'Azimuth and elevation of the turning points of the path, as in a preview; at most 2,000. Empty if the orchestrator cannot be reached, or with path=false',
    }),
    eta: z
      .string()
      .nullable()
      .meta({ description: 'UTC, YYYY-MM-DDTHH:MM:SS; null unless the session is running' }),
    elapsed_s: z.number().nullable().meta({
      description:
        'Since the start, by the monotonic clock of the measuring machine, without downtime of scan-orchestrator; null: not started, or unknown',
    }),
    remaining_s: z.number().nullable().meta({
      description: 'Until the expected end, at the time of the response; null unless the session is running',
    }),
    center_frequency_hz: z.number(),
    bandwidth_hz: z.number(),
    gain_db: z.number(),
    read_ms: z.number(),
    spectrum: z.object({ channels: z.int() }).nullable().meta({ description: 'null: no spectra' }),
    bands: z
      .array(z.object({ center_frequency_hz: z.number(), bandwidth_hz: z.number() }))
      .meta({ description: 'The levels of the points are those of the first one' }),
    band_plan: bandPlanSchema,
    reference: z.object({ azimuth: z.number(), elevation: z.number(), every_min: z.number() }).nullable(),
    pointing_model: pointingModelOfSessionSchema,
    fault: z
      .object({
        observation: z.string(),
        since: z.string().meta({ description: 'Time of the last point or of the start' }),
        for_s: z.number(),
        pauses_at: z.string().nullable().meta({ description: 'null: unknown, or never' }),
        pauses_in_s: z.number().nullable(),
      })
      .nullable()
      .meta({ description: 'Why no points arrive; null while they do' }),
    rotor_rests: z.boolean().nullable().meta({
      description: 'Whether the session holds its rotor, stopped and confirmed at rest; null: unknown',
    }),
    resumes_itself: z.boolean().nullable().meta({ description: 'A paused session resumes automatically' }),
  })
  .meta({ id: 'ScanPlan' });
export type Plan = z.infer<typeof planSchema>;
