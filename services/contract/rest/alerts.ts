import { z } from 'zod';
import { ANOMALY_KINDS } from '../anomaly-values.ts';
import { MAX_ID } from '../ids.ts';
import { integerWithin, number, text, within, yesNo } from './fields.ts';
import { choice, count } from './query.ts';

const time = z.string().meta({ description: 'UTC with Z' });
const id = integerWithin(1, MAX_ID);
const name = text.trim().min(1, 'Must not be empty').max(100, 'Must have at most 100 characters');

/** What an alert is about: a change of the sky, or sessions that do not come. */
export const ALERT_KINDS = [...ANOMALY_KINDS, 'no_data', 'scan_failed'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export const ALERT_STATUSES = ['open', 'acknowledged', 'cleared'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** Directions, from the left to the right and up; it may pass north. */
const sectorSchema = z
  .strictObject({
    azimuth_from_deg: within(0, 360, 'deg'),
    azimuth_to_deg: within(0, 360, 'deg'),
    elevation_from_deg: within(-5, 90, 'deg').default(-5),
    elevation_to_deg: within(-5, 90, 'deg').default(90),
  })
  .refine(({ elevation_from_deg, elevation_to_deg }) => elevation_from_deg < elevation_to_deg, {
    message: 'Must be above elevation_from_deg',
    path: ['elevation_to_deg'],
  })
  .meta({ id: 'Sector' });

const bandSchema = z
  .strictObject({ from_hz: within(0, 1e12, 'Hz'), to_hz: within(0, 1e12, 'Hz') })
  .refine(({ from_hz, to_hz }) => from_hz < to_hz, { message: 'Must be above from_hz', path: ['to_hz'] })
  .meta({ id: 'AlertBand' });

const ruleShape = {
  name,
  schedule_id: id.nullable().default(null).meta({ description: 'null: all schedules' }),
  kinds: z
    .array(z.enum(ALERT_KINDS, { error: `Must be one of ${ALERT_KINDS.join(', ')}` }))
    .min(1, 'Must have at least one kind')
    .default([...ALERT_KINDS]),
  min_change_db: number
    .min(0, 'Must be at least 0 dB')
    .max(100, 'Must be at most 100 dB')
    .default(0)
    .meta({ description: 'Of all kinds but moved. brighter and fainter are above 1 dB anyway' }),
  min_z: within(3, 100).default(5),
  sector: sectorSchema.nullable().default(null),
  band: bandSchema.nullable().default(null),
  mute_known: yesNo.default(true).meta({ description: 'No alert of known sources' }),
  raise_of: integerWithin(1, 10)
    .default(3)
    .meta({ description: 'Raised if seen in raise_seen of this number of sessions' }),
  raise_seen: integerWithin(1, 10).default(2),
  immediate_z: within(5, 1_000).default(8).meta({ description: 'Raised in the first session above this' }),
  clear_after: integerWithin(1, 10)
    .default(3)
    .meta({ description: 'Cleared after this number of sessions without it' }),
  dedupe_hours: within(0, 720, 'h')
    .default(6)
    .meta({ description: 'Not raised again for so long after it was raised' }),
  channel_ids: z
    .array(id)
    .max(20, 'Must have at most 20 channels')
    .default([])
    .meta({ description: 'MQTT needs none' }),
  is_enabled: yesNo.default(true),
};

export const alertRuleRequestSchema = z
  .strictObject(ruleShape)
  .refine(({ raise_seen, raise_of }) => raise_seen <= raise_of, {
    message: 'Must be at most raise_of',
    path: ['raise_seen'],
  })
  .meta({ id: 'AlertRuleRequest' });
export type AlertRuleRequest = z.output<typeof alertRuleRequestSchema>;

export const alertRuleSchema = z
  .object({ id: z.int(), ...ruleShape, created_at: time })
  .meta({ id: 'AlertRule' });
export type AlertRule = z.output<typeof alertRuleSchema>;

export const alertSchema = z
  .object({
    id: z.int(),
    rule_id: z.int(),
    schedule_id: z.int().nullable(),
    kind: z.enum(ALERT_KINDS),
    status: z.enum(ALERT_STATUSES),
    title: z.string().meta({ description: 'For people: New source at 118.2°, 12.5°, 868.3 MHz' }),
    reason: z.string().nullable().meta({ description: 'no_data, scan_failed: why' }),
    azimuth: z.number().nullable(),
    elevation: z.number().nullable(),
    z: z.number().nullable().meta({ description: 'The largest so far' }),
    change_db: z.number().nullable(),
    channels: z.array(z.object({ from_hz: z.number(), to_hz: z.number() })),
    source: z.string().nullable().meta({ description: 'Name of the source, if it has one' }),
    session_id: z.int().nullable().meta({ description: 'The newest with it' }),
    baseline_id: z.int().nullable(),
    anomaly_id: z.int().nullable(),
    catalogue_id: z
      .int()
      .nullable()
      .meta({ description: 'Its entry in /api/sources; null: it cannot be marked as known' }),
    sessions_seen: z.int(),
    raised_at: time,
    last_seen_at: time,
    acknowledged_at: time.nullable(),
    note: z.string().nullable().meta({ description: 'Of the acknowledgement' }),
    silent_until: time.nullable().meta({ description: 'A user has silenced it' }),
    cleared_at: time.nullable(),
  })
  .meta({ id: 'Alert' });
export type Alert = z.infer<typeof alertSchema>;

const MAX_ALERTS = 500;
const filter = { status: choice(ALERT_STATUSES).optional(), kind: choice(ALERT_KINDS).optional() };
/** Query of GET `/api/alerts`. */
export const alertQuerySchema = z.strictObject({
  ...filter,
  schedule: count(1, MAX_ID).optional(),
  before_id: count(1, MAX_ID).optional(),
  limit: count(1, MAX_ALERTS).default(100),
});
/** The same for the OpenAPI document. */
export const alertQueryDocs = z.object({
  ...filter,
  schedule: z.int().min(1).optional().meta({ description: 'Id of a schedule' }),
  before_id: z
    .int()
    .min(1)
    .optional()
    .meta({ description: 'Only older ones: the id of the last one of a page' }),
  limit: z.int().min(1).max(MAX_ALERTS).default(100),
});

/** Body of POST `.../acknowledge`. */
export const acknowledgeSchema = z
  .strictObject({ note: text.trim().max(1_000, 'Must have at most 1000 characters').optional() })
  .meta({ id: 'Acknowledge' });

/** Body of POST `.../silence`. */
export const silenceSchema = z
  .strictObject({
    hours: within(0.1, 8_784, 'h').meta({
      description: 'So long nothing is sent of it, and it is not raised again; 168: 7 days',
    }),
  })
  .meta({ id: 'Silence' });

/** What happens to an alert. */
export const ALERT_EVENTS = [
  'raised',
  'seen',
  'cleared',
  'acknowledged',
  'silenced',
  'known',
  'reopened',
] as const;
export type AlertEventKind = (typeof ALERT_EVENTS)[number];

export const alertEventSchema = z
  .object({
    id: z.int(),
    event: z.enum(ALERT_EVENTS).meta({
      description: 'seen: in a later session, too. reopened: acknowledged and silenced were undone',
    }),
    at: time,
    session_id: z.int().nullable(),
    kind: z.enum(ALERT_KINDS).nullable().meta({ description: 'In this session' }),
    z: z.number().nullable().meta({ description: 'In this session' }),
    change_db: z.number().nullable(),
    note: z.string().nullable().meta({ description: 'Of a user, or why it was cleared' }),
  })
  .meta({ id: 'AlertEvent' });
export type AlertEvent = z.infer<typeof alertEventSchema>;
