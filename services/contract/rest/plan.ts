import { z } from 'zod';
import { GRID_KINDS } from '#shared/sky/grid-shape';
import { SCAN_MODES } from '../scan-modes.ts';
import { booleanParameter } from './query.ts';

/** Query of `/plan`; parameters are text. */
export const planQuerySchema = z.object({ path: booleanParameter.default(true) });

/** The same as the documentation shows it. */
export const planQueryDocs = z.object({
  path: z
    .boolean()
    .default(true)
    .meta({ description: 'false: without the path, which takes the longest to tell' }),
});

/** What a session is to measure, and how it goes about it. */
export const planSchema = z
  .object({
    session_id: z.int(),
    rotor_name: z.string().meta({ description: 'As it was when the session was created, like all of this' }),
    grid: z.enum(GRID_KINDS),
    scan_mode: z.enum(SCAN_MODES),
    rows: z.int(),
    columns: z.int().meta({ description: 'Of the widest row' }),
    columns_in_row: z.array(z.int()).meta({ description: 'From the lowest row on' }),
    total_points: z.int(),
    path: z.array(z.tuple([z.number(), z.number()])).meta({
      description:
        'Azimuth and elevation where the path turns, as in a preview; at most 2,000. Empty when the orchestrator cannot be asked, or was not to be',
    }),
    eta: z.string().nullable().meta({ description: 'UTC, YYYY-MM-DDTHH:MM:SS; null while it does not run' }),
    elapsed_s: z.number().nullable().meta({
      description:
        'Since the start, by the monotonic clock of the machine that measures, without the time in which scan-orchestrator did not run; null: not started, or not known',
    }),
    remaining_s: z.number().nullable().meta({
      description: 'Until the expected end, at the moment of the answer; null while it does not run',
    }),
    center_frequency_hz: z.number(),
    bandwidth_hz: z.number(),
    gain_db: z.number(),
    read_ms: z.number(),
    reference: z.object({ azimuth: z.number(), elevation: z.number(), every_min: z.number() }).nullable(),
    fault: z
      .object({
        observation: z.string(),
        since: z
          .string()
          .meta({ description: 'When the last point was measured, or the session began to run' }),
        for_s: z.number(),
        pauses_at: z.string().nullable().meta({ description: 'null: not known, or never' }),
        pauses_in_s: z.number().nullable(),
      })
      .nullable()
      .meta({ description: 'Why no points arrive; null while they do' }),
    rotor_rests: z.boolean().nullable().meta({
      description:
        'Whether the rotor was stopped, seen to stand, and is held for this session; null: not known',
    }),
    resumes_itself: z.boolean().nullable().meta({ description: 'A paused session resumes automatically' }),
  })
  .meta({ id: 'ScanPlan' });
export type Plan = z.infer<typeof planSchema>;
