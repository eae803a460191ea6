import { z } from 'zod';
import { BASELINE_VALUES, MEMBER_STATUSES } from '../anomaly-values.ts';
import { MAX_ID } from '../ids.ts';
import { integerWithin, text, yesNo } from './fields.ts';

const MAX_SESSIONS = 1_000;
const time = z.string().meta({ description: 'UTC with Z' });
const id = integerWithin(1, MAX_ID);
const name = text.trim().min(1, 'Must not be empty').max(100, 'Must have at most 100 characters');

/** Body of POST: sessions of a schedule, from now on and so far, or named sessions. */
export const newBaselineSchema = z
  .strictObject({
    name,
    schedule_id: id.optional().meta({ description: 'All its sessions, also later ones' }),
    session_ids: z
      .array(id)
      .min(1, 'Must have at least one session')
      .max(MAX_SESSIONS, `Must have at most ${MAX_SESSIONS} sessions`)
      .optional()
      .meta({ description: 'These sessions; the first one sets the grid and what the others must have' }),
  })
  .refine(({ schedule_id, session_ids }) => (schedule_id === undefined) !== (session_ids === undefined), {
    message: 'Either schedule_id or session_ids must be set',
    path: ['session_ids'],
  })
  .meta({ id: 'NewBaseline' });
export type NewBaseline = z.infer<typeof newBaselineSchema>;

/** Body of PUT. */
export const baselineChangeSchema = z
  .strictObject({
    name,
    is_growing: yesNo.meta({ description: 'Whether sessions of its schedule are added' }),
  })
  .partial()
  .meta({ id: 'BaselineChange' });

/** A part of the band that has statistics of its own. */
export const baselineBandSchema = z
  .object({
    index: z.int().min(0).meta({ description: 'In the parameter band of the maps' }),
    band: z.int().min(0).meta({ description: 'Index of the band of the sessions' }),
    from_hz: z.number(),
    to_hz: z.number(),
  })
  .meta({ id: 'BaselineBand', description: 'Whole bands first, then their parts' });

/** Sessions of a time of day: they are compared with each other as soon as there are enough. */
export const baselineBinSchema = z
  .object({
    bin: z.string().meta({
      description: 'all; hour:13 (local hour of the site); sidereal:07 (hour of local sidereal time)',
    }),
    sessions: z.int().min(0).meta({ description: 'Of which its centre and spread are' }),
    spread_db: z.number().nullable().meta({ description: 'Pooled over its cells; null: one session' }),
  })
  .meta({ id: 'BaselineBin' });

export const baselineSchema = z
  .object({
    id: z.int(),
    site_id: z.int(),
    rotor_id: z.int(),
    schedule_id: z.int().nullable(),
    name: z.string(),
    is_growing: z.boolean(),
    cells: z.int().min(0).meta({ description: '0: no session yet' }),
    unit: z.enum(['dBm', 'dBFS']).nullable().meta({ description: 'Of its centre; null: no session yet' }),
    bands: z.array(baselineBandSchema),
    bins: z.array(baselineBinSchema),
    included: z.int().min(0).meta({ description: 'Sessions' }),
    excluded: z.int().min(0),
    waiting: z.int().min(0).meta({ description: 'Sessions that are not compared yet' }),
    first_session_at: time.nullable(),
    last_session_at: time.nullable(),
    created_at: time,
  })
  .meta({ id: 'Baseline' });
export type Baseline = z.infer<typeof baselineSchema>;

export const baselineSessionSchema = z
  .object({
    session_id: z.int(),
    status: z.enum(MEMBER_STATUSES),
    reason: z.string().nullable().meta({ description: 'Why it is excluded or waits' }),
    is_by_user: z.boolean().meta({ description: 'A user has included or excluded it' }),
    masked: z.int().min(0).meta({ description: 'Cells left out because of anomalies' }),
    bins: z.array(z.string()).meta({ description: 'Of its time' }),
    anomalies: z.int().min(0).nullable().meta({ description: 'Found in it; null: not compared' }),
    offset_db: z.number().nullable().meta({ description: 'Of its comparison; null: not compared' }),
    started_at: time.nullable(),
  })
  .meta({ id: 'BaselineSession' });
export type BaselineSession = z.infer<typeof baselineSessionSchema>;

/** Body of PUT `/api/baselines/{baseline_id}/sessions/{session_id}`. */
export const membershipSchema = z
  .strictObject({ status: z.enum(['included', 'excluded'], { error: 'Must be included or excluded' }) })
  .meta({ id: 'Membership' });

/** A cell of a baseline; null: no session has measured it. */
export const baselineCellSchema = z
  .object(Object.fromEntries(BASELINE_VALUES.map((value) => [value, z.number().nullable()])))
  .meta({ id: 'BaselineCell' });
