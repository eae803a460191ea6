import { z } from 'zod';
import { integerWithin, text, within, yesNo } from './fields.ts';
import { count } from './query.ts';
import { scanRequestSchema } from './sessions.ts';

const timeOfDay = z
  .string({ error: 'Must be a time such as 22:00' })
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Must be a time such as 22:00');
const instant = z.iso.datetime({
  offset: true,
  error: 'Must be a time with Z or an offset, such as 2027-03-28T01:00:00Z',
});

const cronTriggerSchema = z
  .strictObject({
    kind: z.literal('cron'),
    expression: text.max(200, 'Must have at most 200 characters').meta({
      description:
        'Minute, hour, day of month, month, day of week, in the time zone of the schedule. A time that summer time skips runs when the gap ends; a time that comes twice runs once',
    }),
  })
  .meta({ id: 'CronTrigger' });
const intervalTriggerSchema = z
  .strictObject({
    kind: z.literal('interval'),
    hours: within(0.1, 8_784, 'h').meta({ description: 'Hours between the runs, counted from `from`' }),
    from: instant.nullable().default(null).meta({ description: 'null: when the schedule was created' }),
  })
  .meta({ id: 'IntervalTrigger' });
const siderealTriggerSchema = z
  .strictObject({
    kind: z.literal('sidereal'),
    hours: within(0, 23.9999, 'h').meta({
      description: 'Apparent sidereal time at the place of the site. It comes once per 23 h 56 min 4 s',
    }),
  })
  .meta({ id: 'SiderealTrigger' });
const sunTriggerSchema = z
  .strictObject({
    kind: z.enum(['sunrise', 'sunset']),
    offset_min: within(-720, 720, 'min')
      .default(0)
      .meta({ description: 'Minutes after the event; negative: before it' }),
  })
  .meta({
    id: 'SunTrigger',
    description: 'Rise or set of the upper limb of the Sun at the place of the site',
  });
const onceTriggerSchema = z
  .strictObject({ kind: z.literal('once'), at: instant })
  .meta({ id: 'OnceTrigger' });

export const triggerSchema = z
  .discriminatedUnion(
    'kind',
    [cronTriggerSchema, intervalTriggerSchema, siderealTriggerSchema, sunTriggerSchema, onceTriggerSchema],
    { error: 'Must have a kind: cron, interval, sidereal, sunrise, sunset or once' },
  )
  .meta({ id: 'Trigger' });
export type Trigger = z.output<typeof triggerSchema>;

export const quietHoursSchema = z
  .strictObject({ from: timeOfDay, to: timeOfDay })
  .refine(({ from, to }) => from !== to, { message: 'Must differ from `from`', path: ['to'] })
  .meta({
    id: 'QuietHours',
    description:
      'No run starts from `from` until before `to`, local time; it may pass midnight. A scan that is running continues',
  });
export type QuietHours = z.output<typeof quietHoursSchema>;

const KEEP_MAX = 100_000;
const keepSchema = z
  .strictObject({
    last: integerWithin(1, KEEP_MAX).meta({ description: 'The last completed sessions, which are all kept' }),
    then: z
      .enum(['one_per_day', 'one_per_week', 'one_per_month'], {
        error: 'Must be one_per_day, one_per_week, one_per_month or null',
      })
      .nullable()
      .default(null)
      .meta({
        description:
          'Of older ones the first completed session of each day, week or month is kept; null: none',
      }),
  })
  .meta({
    id: 'Keep',
    description:
      'Which sessions are kept; the others are deleted. Sessions that have not ended, those of a baseline and the newest one are always kept',
  });
export type Keep = z.output<typeof keepSchema>;

const shape = {
  name: text.trim().min(1, 'Must not be empty').max(100, 'Must have at most 100 characters'),
  trigger: triggerSchema,
  time_zone: text
    .max(100, 'Must have at most 100 characters')
    .default('UTC')
    .meta({ description: 'IANA name, such as Europe/Berlin' }),
  scan: scanRequestSchema,
  overlap: z.enum(['skip', 'queue'], { error: 'Must be skip or queue' }).default('skip').meta({
    description:
      'When the rotor has a scan: skip the run, or start it afterwards, before the next run is due',
  }),
  catch_up: z.enum(['none', 'latest'], { error: 'Must be none or latest' }).default('none').meta({
    description: 'When runs were missed because Sky Scan was not running: start none of them, or the latest',
  }),
  quiet_hours: quietHoursSchema.nullable().default(null),
  ends_at: instant.nullable().default(null).meta({ description: 'No run is due after this time' }),
  keep: keepSchema.nullable().default(null).meta({ description: 'null: all sessions are kept' }),
};

/** Body of POST and PUT. */
export const scheduleRequestSchema = z.strictObject(shape).meta({ id: 'ScheduleRequest' });
export type ScheduleRequest = z.output<typeof scheduleRequestSchema>;
/** The same before defaults are filled in. */
export type ScheduleBody = z.input<typeof scheduleRequestSchema>;

const time = z.string().meta({ description: 'UTC with Z' });

const RUN_STATUSES = ['waiting', 'started', 'skipped', 'missed', 'failed'] as const;

export const scheduleRunSchema = z
  .object({
    id: z.int(),
    due_at: time,
    status: z.enum(RUN_STATUSES).meta({
      description:
        'waiting: due and not started yet, for the reason in `problem`. missed: Sky Scan was not running when it was due',
    }),
    session_id: z.int().nullable(),
    removed_session_id: z
      .int()
      .nullable()
      .meta({ description: 'The session that the run had; it was deleted' }),
    removed_at: time.nullable().meta({ description: 'When it was deleted' }),
    problem: z
      .string()
      .nullable()
      .meta({ description: 'Why it waits, was skipped, was missed or has failed' }),
    missed: z.int().meta({ description: 'Number of runs that this entry stands for, if they were missed' }),
    ended_at: time.nullable().meta({ description: 'When it was started or given up' }),
  })
  .meta({ id: 'ScheduleRun' });
export type PublishedRun = z.infer<typeof scheduleRunSchema>;

export const scheduleSchema = z
  .object({
    id: z.int(),
    site_id: z.int(),
    ...shape,
    is_paused: yesNo,
    expected_duration_s: z
      .number()
      .nullable()
      .meta({ description: 'Of a scan, as planned when the schedule was last saved; null: not known' }),
    next_run_at: time.nullable().meta({ description: 'When the next run is due; null: never, or paused' }),
    last_run: scheduleRunSchema.nullable(),
    created_at: time,
  })
  .meta({ id: 'Schedule' });
export type PublishedSchedule = z.output<typeof scheduleSchema>;

export const upcomingTimeSchema = time.meta({ id: 'UpcomingRun' });

const MAX_RUNS = 1_000;
const MAX_UPCOMING = 500;
export const runsQuerySchema = z.strictObject({ limit: count(1, MAX_RUNS).default(100) });
export const upcomingQuerySchema = z.strictObject({ count: count(1, MAX_UPCOMING).default(10) });
/** The same for the OpenAPI document. */
export const runsQueryDocs = z.object({ limit: z.int().min(1).max(MAX_RUNS).default(100) });
export const upcomingQueryDocs = z.object({ count: z.int().min(1).max(MAX_UPCOMING).default(10) });
