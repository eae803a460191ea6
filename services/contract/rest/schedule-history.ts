import { z } from 'zod';
import { MAX_ID } from '../ids.ts';
import { mapQueryDocs, mapQuerySchema } from './map.ts';
import { choice, count } from './query.ts';

const instantMessage = 'Must be a time with Z or an offset, such as 2027-03-28T01:00:00Z';
const instant = z.iso.datetime({ offset: true, error: instantMessage }).transform((text) => new Date(text));

/** A decimal number of degrees in a query parameter. */
function degrees(min: number, max: number) {
  const message = `Must be a number in ${min}..${max} deg`;
  return z
    .string({ error: message })
    .regex(/^[+-]?\d{1,3}(\.\d{1,9})?$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message));
}

interface Period {
  from?: Date | undefined;
  to?: Date | undefined;
}

function checkPeriod({ from, to }: Period, context: z.RefinementCtx): void {
  if (from && to && from >= to)
    context.addIssue({ code: 'custom', path: ['to'], message: 'Must be later than from' });
}

const periodShape = { from: instant.optional(), to: instant.optional() };
const periodDocs = {
  from: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'Only sessions that started since then' }),
  to: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'Only sessions that started before then' }),
};

const MAX_LEVEL_POINTS = 5_000;

/** Query of `/levels`. */
export const levelsQuerySchema = z
  .strictObject({
    azimuth: degrees(-360, 720).optional(),
    elevation: degrees(-90, 90).optional(),
    radius_deg: degrees(0, 90).optional(),
    source_id: count(1, MAX_ID).optional(),
    ...periodShape,
    max_points: count(1, MAX_LEVEL_POINTS).default(1_000),
    format: choice(['json', 'csv']).optional(),
  })
  .superRefine((query, context) => {
    checkPeriod(query, context);
    const { source_id, azimuth, elevation, radius_deg } = query;
    for (const [name, value] of Object.entries({ azimuth, elevation }))
      if ((value === undefined) === (source_id === undefined))
        context.addIssue({
          code: 'custom',
          path: [name],
          message: source_id === undefined ? 'Required without source_id' : 'Must not be used with source_id',
        });
    if (source_id !== undefined && radius_deg !== undefined)
      context.addIssue({ code: 'custom', path: ['radius_deg'], message: 'Must not be used with source_id' });
  });
export type LevelsQuery = z.output<typeof levelsQuerySchema>;

export const levelsQueryDocs = z.object({
  azimuth: z
    .number()
    .min(-360)
    .max(720)
    .optional()
    .meta({ description: 'Azimuth of the direction, degrees' }),
  elevation: z
    .number()
    .min(-90)
    .max(90)
    .optional()
    .meta({ description: 'Elevation of the direction, degrees' }),
  radius_deg: z.number().min(0).max(90).optional().meta({
    description: 'The mean power of the cells within this distance; default: the cell at the direction',
  }),
  source_id: z.int().min(1).optional().meta({
    description: 'A source of the catalogue instead of a direction: its peak above the sky',
  }),
  ...periodDocs,
  max_points: z.int().min(1).max(MAX_LEVEL_POINTS).default(1_000).meta({
    description: 'More sessions are summarised in this many equal intervals, which keep minimum and maximum',
  }),
  format: z.enum(['json', 'csv']).optional(),
});

const time = z.string().meta({ description: 'UTC with Z' });

export const scheduleLevelsSchema = z
  .object({
    unit: z.enum(['dBm', 'dBFS', 'dB']).meta({ description: 'dB: of a source, above the sky' }),
    sessions: z.int().meta({ description: 'Number of sessions with a level' }),
    points: z.array(
      z.object({
        from: time.meta({ description: 'Start of the first session' }),
        to: time.meta({ description: 'Start of the last session' }),
        sessions: z.int(),
        session_id: z.int().meta({ description: 'The session with the maximum' }),
        median: z.number(),
        min: z.number(),
        max: z.number(),
      }),
    ),
  })
  .meta({ id: 'ScheduleLevels' });
export type ScheduleLevels = z.infer<typeof scheduleLevelsSchema>;

const FRAMES = { max: 200, default: 60 };
const EVERY = 10_000;
const FILM_PX = { min: 240, max: 1_024, default: 480 };
const STRIP_PX = { min: 64, max: 400, default: 160 };
const RATE = { min: 1, max: 20, default: 4 };

const framesShape = {
  ...periodShape,
  every: count(1, EVERY).default(1),
  max_frames: count(1, FRAMES.max).default(FRAMES.default),
};

/** Query of `timelapse.gif`. */
export const timeLapseQuerySchema = mapQuerySchema
  .safeExtend({
    ...framesShape,
    size: count(FILM_PX.min, FILM_PX.max).default(FILM_PX.default),
    frames_per_s: count(RATE.min, RATE.max).default(RATE.default),
  })
  .superRefine(checkPeriod);
export type TimeLapseQuery = z.output<typeof timeLapseQuerySchema>;

/** Query of `timelapse-strip.png`. */
export const stripQuerySchema = mapQuerySchema
  .safeExtend({ ...framesShape, size: count(STRIP_PX.min, STRIP_PX.max).default(STRIP_PX.default) })
  .superRefine(checkPeriod);
export type StripQuery = z.output<typeof stripQuerySchema>;

const framesDocs = {
  ...periodDocs,
  every: z
    .int()
    .min(1)
    .max(EVERY)
    .default(1)
    .meta({ description: 'Every n-th session, counted from the newest' }),
  max_frames: z.int().min(1).max(FRAMES.max).default(FRAMES.default).meta({
    description: 'More sessions are thinned out evenly; the first and the last one stay',
  }),
};
export const timeLapseQueryDocs = mapQueryDocs.extend({
  ...framesDocs,
  size: z
    .int()
    .min(FILM_PX.min)
    .max(FILM_PX.max)
    .default(FILM_PX.default)
    .meta({ description: 'Width in pixels' }),
  frames_per_s: z.int().min(RATE.min).max(RATE.max).default(RATE.default),
});
export const stripQueryDocs = mapQueryDocs.extend({
  ...framesDocs,
  size: z.int().min(STRIP_PX.min).max(STRIP_PX.max).default(STRIP_PX.default).meta({
    description: 'Width of a map in pixels',
  }),
});

/** Query of `/frames`. */
export const framesQuerySchema = z.strictObject(framesShape).superRefine(checkPeriod);
export const framesQueryDocs = z.object(framesDocs);

/** What a time lapse is made of. */
export const timeLapseSchema = z
  .object({
    unit: z.enum(['dBm', 'dBFS']),
    range: z
      .object({ min: z.number(), max: z.number() })
      .nullable()
      .meta({ description: 'The scale of all frames; null: no levels' }),
    frames: z.array(
      z.object({ session_id: z.int(), at: time.meta({ description: 'When the session started' }) }),
    ),
  })
  .meta({ id: 'TimeLapse' });
export type TimeLapse = z.infer<typeof timeLapseSchema>;
