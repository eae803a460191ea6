import { z } from 'zod';
import { GRID_KINDS } from '#shared/sky/grid-shape';
import { BASELINE_MAP_VALUES, MEMBER_STATUSES } from '../anomaly-values.ts';
import { MAX_ID } from '../ids.ts';
import { bulkFormatDocs, bulkFormatShape, checkDecimal } from './bulk-queries.ts';
import { integerWithin, text, yesNo } from './fields.ts';
import { checkLevels, imageDocs, imageShape } from './map.ts';
import { choice, count } from './query.ts';

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
const baselineBandSchema = z
  .object({
    index: z.int().min(0).meta({ description: 'In the parameter band of the maps' }),
    band: z.int().min(0).meta({ description: 'Index of the band of the sessions' }),
    from_hz: z.number(),
    to_hz: z.number(),
  })
  .meta({ id: 'BaselineBand', description: 'Whole bands first, then their parts' });

/** Sessions of a time of day: they are compared with each other as soon as there are enough. */
const baselineBinSchema = z
  .object({
    bin: z.string().meta({
      description: 'all; hour:13 (local hour of the site); sidereal:07 (hour of local sidereal time)',
    }),
    sessions: z.int().min(0).meta({ description: 'Of which its centre and spread are' }),
    spread_db: z.number().nullable().meta({ description: 'Pooled over its cells; null: one session' }),
  })
  .meta({ id: 'BaselineBin' });

const gridSchema = z
  .object({
    kind: z.enum(GRID_KINDS),
    az_start: z.number(),
    az_end: z.number(),
    el_start: z.number(),
    el_end: z.number(),
    step_deg: z.number(),
  })
  .meta({ id: 'BaselineGrid', description: 'As in a session' });

export const baselineSchema = z
  .object({
    id: z.int(),
    site_id: z.int(),
    rotor_id: z.int(),
    schedule_id: z.int().nullable(),
    name: z.string(),
    is_growing: z.boolean(),
    cells: z.int().min(0).meta({ description: '0: no session yet' }),
    grid: gridSchema.nullable().meta({ description: 'Of its cells; null: no session yet' }),
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

/** A cell of a baseline. */
export const baselineCellSchema = z
  .object({
    cell: z.int().min(0).meta({ description: 'Row by row from the lowest elevation, from 0' }),
    azimuth: z.number().meta({ 'x-unit': 'deg' }),
    elevation: z.number().meta({ 'x-unit': 'deg' }),
    count: z.number().meta({ description: 'Sessions with a level' }),
    centre: z.number().nullable().meta({
      description: 'The usual level, dBm, or dBFS if not calibrated; null: no session has measured it',
    }),
    spread_db: z.number().nullable(),
  })
  .meta({ id: 'BaselineCell' });

const MAX_MEMBERS = 500;
const DEFAULT_MEMBERS = 100;
const MAX_BAND = 9_999;
export const comparedBandParameter = count(0, MAX_BAND).default(0);
export const comparedBandDocs = z
  .int()
  .min(0)
  .max(MAX_BAND)
  .default(0)
  .meta({ description: 'Index in the bands of the baseline' });
const bin = z
  .string({ error: 'Must be all, hour:00 to hour:23, or sidereal:00 to sidereal:23' })
  .regex(
    /^(all|(hour|sidereal):([01]\d|2[0-3]))$/,
    'Must be all, hour:00 to hour:23, or sidereal:00 to sidereal:23',
  )
  .default('all');

/** Query of `/api/baselines/{baseline_id}/sessions`. */
export const membersQuerySchema = z.object({
  limit: count(1, MAX_MEMBERS).default(DEFAULT_MEMBERS),
  before_id: count(1, MAX_ID).optional(),
  status: choice(MEMBER_STATUSES).optional(),
});
/** The same query for the documentation. */
export const membersQueryDocs = z.object({
  limit: z.int().min(1).max(MAX_MEMBERS).default(DEFAULT_MEMBERS),
  before_id: z.int().min(1).optional().meta({ description: 'Only sessions with lower ids' }),
  status: z.enum(MEMBER_STATUSES).optional(),
});

/** Query of `/api/baselines/{baseline_id}/cells`. */
export const baselineCellsQuerySchema = z
  .object({ band: comparedBandParameter, bin, ...bulkFormatShape })
  .superRefine(checkDecimal);
/** The same query for the documentation. */
export const baselineCellsQueryDocs = z.object({
  band: comparedBandDocs,
  bin: z.string().default('all').meta({ description: 'As in `bins` of the baseline' }),
  ...bulkFormatDocs,
});

/** Query of `/api/baselines/{baseline_id}/map.png`. */
export const baselineMapQuerySchema = z
  .object({
    value: choice(BASELINE_MAP_VALUES).default('centre'),
    band: comparedBandParameter,
    bin,
    ...imageShape,
  })
  .superRefine(checkLevels);
/** The same query for the documentation. */
export const baselineMapQueryDocs = z.object({
  value: z.enum(BASELINE_MAP_VALUES).default('centre'),
  band: comparedBandDocs,
  bin: baselineCellsQueryDocs.shape.bin,
  ...imageDocs,
});
